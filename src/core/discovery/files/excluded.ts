import { parseGlob } from './glob';

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

/** Globs as `files.exclude` has them; those that are too long or have too many alternatives are left out. */
export function excludedBy(
  patterns: readonly string[],
  platform: NodeJS.Platform = process.platform,
): Excluded {
  const cased = (text: string): string => (platform === 'win32' ? text.toLowerCase() : text);
  const globs = patterns
    .filter((pattern) => pattern.length <= patternLimit)
    .map((pattern) => pattern.replace(/\/+$/, ''))
    .flatMap((pattern) => (pattern === '' ? [] : (parseGlob(cased(pattern)) ?? [])));
  if (globs.length === 0) return () => false;
  return (path) => {
    const segments = cased(path).split('/');
    return globs.some((glob) => glob(segments));
  };
}
