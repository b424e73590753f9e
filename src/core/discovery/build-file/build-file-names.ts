/** Also those that people give to `bentoml build -f`, such as `bentofile-gpu.yaml`. */
export const isBuildFileName = (name: string): boolean =>
  name === 'pyproject.toml' || /^(?:.+[._-])?bentofile(?:[._-].+)?\.ya?ml$/.test(name);

/** What BentoML reads in the directory that it is given, first the one it prefers. */
export const defaultBuildFiles: readonly string[] = ['bentofile.yaml', 'pyproject.toml'];
