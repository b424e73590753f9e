import { posix, win32 } from 'node:path';
import { environmentValue } from '../settings/environment-value';
import { findCommand, isFile, type CommandSearch } from './find-command';

/** An interpreter that may be the one, and where it comes from. */
export interface Candidate {
  readonly path: string;
  /** In words, see `Interpreter.origin`. */
  readonly origin: string;
}

export interface Place {
  readonly folder: string;
  readonly workingDir: string;
}

/** Interpreters nobody named, most specific first; only such that exist, each once. */
export async function* foundCandidates(
  place: Place,
  search: CommandSearch,
): AsyncGenerator<Candidate> {
  const seen = new Set<string>();
  for (const candidate of environments(place, search)) {
    if (seen.has(candidate.path) || !(await isFile(candidate.path))) continue;
    seen.add(candidate.path);
    yield candidate;
  }
  for (const name of ['python3', 'python']) {
    const path = await findCommand(name, search);
    if (path === undefined || seen.has(path)) continue;
    seen.add(path);
    yield { path, origin: `${name} on the path` };
  }
}

function* environments(
  { folder, workingDir }: Place,
  { env, platform }: CommandSearch,
): Generator<Candidate> {
  const paths = platform === 'win32' ? win32 : posix;
  const places = [
    [workingDir, 'the working directory'],
    [folder, 'the workspace folder'],
  ] as const;
  for (const [root, words] of places) {
    for (const name of ['.venv', 'venv']) {
      yield { path: pythonOf(paths.join(root, name), platform), origin: `${name} in ${words}` };
    }
  }
  const active = environmentValue(env, 'VIRTUAL_ENV', platform);
  if (active) {
    yield { path: pythonOf(active, platform), origin: 'the active virtual environment' };
  }
  const conda = environmentValue(env, 'CONDA_PREFIX', platform);
  if (conda) {
    const path = platform === 'win32' ? paths.join(conda, 'python.exe') : pythonOf(conda, platform);
    yield { path, origin: 'the active conda environment' };
  }
}

/** The interpreter of a virtual environment's folder. */
export const pythonOf = (folder: string, platform: NodeJS.Platform): string =>
  platform === 'win32'
    ? win32.join(folder, 'Scripts', 'python.exe')
    : posix.join(folder, 'bin', 'python');
