/** Also those that people give to `bentoml build -f`, such as `bentofile-gpu.yaml`. */
export const isBuildFileName = (name: string): boolean =>
  name === 'pyproject.toml' || /^(?:.+[._-])?bentofile(?:[._-].+)?\.ya?ml$/.test(name);

/** What BentoML reads in the directory that it is given, first the one it prefers. */
export const defaultBuildFiles: readonly string[] = ['bentofile.yaml', 'pyproject.toml'];

/** False for the `pyproject.toml` of a project that has nothing to do with BentoML. */
export const mayConfigureBentoml = (name: string, content: string): boolean =>
  name !== 'pyproject.toml' || content.includes('bentoml');

/** In bytes: larger than any build file that people write. */
export const buildFileLimit = 128 * 1024;
