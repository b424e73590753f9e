import picomatch from 'picomatch';

/** Folders that hold no sources of the user's own. */
const skippedNames: ReadonlySet<string> = new Set([
  '.eggs',
  '.git',
  '.hg',
  '.ipynb_checkpoints',
  '.mypy_cache',
  '.nox',
  '.pytest_cache',
  '.ruff_cache',
  '.svn',
  '.tox',
  '.venv',
  '__pycache__',
  'build',
  'dist',
  'node_modules',
  'site-packages',
  'venv',
]);

/** Files that make their folder another thing than sources: an environment, a built bento. */
export const skippingMarkers: readonly string[] = ['pyvenv.cfg', 'bento.yaml'];

export const isSkippedName = (name: string): boolean =>
  skippedNames.has(name) || name.endsWith('.egg-info');

/** Whether a path relative to the workspace folder, with slashes, is excluded. */
export type Excluded = (relativePath: string) => boolean;

const patternLimit = 1_000;

/** Globs as `files.exclude` has them; VS Code's globs have no negation and no extended patterns. */
export function excludedBy(patterns: readonly string[]): Excluded {
  const usable = patterns
    // picomatch wants the regular expression's sign of a negated set.
    .map((pattern) => pattern.replace(/\/+$/, '').replaceAll('[!', '[^'))
    .filter((pattern) => pattern !== '' && pattern.length <= patternLimit);
  if (usable.length === 0) return () => false;
  return picomatch([...usable], {
    dot: true,
    nonegate: true,
    noextglob: true,
    nocase: process.platform === 'win32',
  });
}
