import { say, type Message } from '../messages/message';
import { posix, win32 } from 'node:path';
import { environmentValue } from '../settings/environment-value';
import { findCommand, isFile, type CommandSearch } from './find-command';

/** An interpreter that may be the one, and where it comes from. */
export interface Candidate {
  readonly path: string;
  /** See `Interpreter.origin`. */
  readonly origin: Message;
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
    yield { path, origin: say('originPath', { name }) };
  }
}

function* environments(
  { folder, workingDir }: Place,
  { env, platform }: CommandSearch,
): Generator<Candidate> {
  const paths = platform === 'win32' ? win32 : posix;
  const places = [
    [workingDir, 'originWorkingDir'],
    [folder, 'originFolder'],
  ] as const;
  for (const [root, origin] of places) {
    for (const name of ['.venv', 'venv']) {
      yield { path: pythonOf(paths.join(root, name), platform), origin: say(origin, { name }) };
    }
  }
  const active = environmentValue(env, 'VIRTUAL_ENV', platform);
  if (active) {
    yield { path: pythonOf(active, platform), origin: say('originVenv') };
  }
  const conda = environmentValue(env, 'CONDA_PREFIX', platform);
  if (conda) {
    const path = platform === 'win32' ? paths.join(conda, 'python.exe') : pythonOf(conda, platform);
    yield { path, origin: say('originConda') };
  }
}

/** The interpreter of a virtual environment's folder. */
export const pythonOf = (folder: string, platform: NodeJS.Platform): string =>
  platform === 'win32'
    ? win32.join(folder, 'Scripts', 'python.exe')
    : posix.join(folder, 'bin', 'python');
