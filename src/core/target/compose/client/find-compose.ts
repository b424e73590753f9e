import { findCommand, type CommandSearch } from '../../../interpreter/find-command';
import { problemTexts, say } from '../../../messages/message';
import { cancelled, ServeError } from '../../../problem';
import type { Run } from '../../../programs/run';
import type { ComposeProgram } from './compose-program';

export interface ComposeSearch extends CommandSearch {
  readonly run: Run;
  /** The working directory of the programs: a folder without Compose files. */
  readonly cwd: string;
  readonly signal?: AbortSignal;
}

interface Candidate {
  readonly command: string;
  readonly args: readonly string[];
  /** The oldest version that supports what we use. */
  readonly oldest: Version;
  /** Programs that can inspect its containers. The first one on the PATH is used. */
  readonly engines: readonly string[];
  readonly hasEvents: boolean;
}

type Version = readonly [major: number, minor: number];

/** Older versions of `ps` print no labels. */
const dockerCompose: Version = [2, 21];

const candidates: readonly Candidate[] = [
  {
    ...{ command: 'docker', args: ['compose'], oldest: dockerCompose },
    ...{ engines: ['docker'], hasEvents: true },
  },
  {
    ...{ command: 'docker-compose', args: [], oldest: dockerCompose },
    ...{ engines: ['docker'], hasEvents: true },
  },
  {
    // It runs docker-compose with the address of Podman, or podman-compose, whose versions are lower.
    ...{ command: 'podman', args: ['compose'], oldest: dockerCompose },
    ...{ engines: ['podman'], hasEvents: true },
  },
  {
    ...{ command: 'nerdctl', args: ['compose'], oldest: [2, 0] },
    ...{ engines: ['nerdctl'], hasEvents: false },
  },
];

const timeoutMs = 15_000;

/**
 * Finds the first program on the PATH that runs Compose files. Only the environment of the editor decides which one:
 * the settings of a workspace must not choose programs.
 * @throws ServeError `engine-not-found` or `engine-too-old`
 */
export async function findCompose(search: ComposeSearch): Promise<ComposeProgram> {
  const rejected: Rejected[] = [];
  for (const candidate of candidates) {
    const file = await findCommand(candidate.command, search);
    if (file === undefined) continue;
    const found = await check(candidate, file, search);
    if ('file' in found) return found;
    rejected.push(found);
  }
  const tooOld = rejected.find(({ version }) => version !== undefined);
  const first = tooOld ?? rejected[0];
  if (first === undefined) {
    throw new ServeError({ code: 'engine-not-found', ...problemTexts(say('composeNotFound')) });
  }
  const { title, version, oldest, detail, isPodman, isPodmanCompose } = first;
  const needed = oldest.join('.');
  if (version === undefined) {
    const missing = isPodman
      ? say('podmanWithoutCompose', { needed })
      : say('composeMissing', { program: title });
    throw new ServeError({
      ...{ code: 'engine-not-found', ...problemTexts(missing) },
      ...(detail === '' ? {} : { detail }),
    });
  }
  const tooOldText = isPodmanCompose
    ? say('podmanComposeUnsupported', { version, needed })
    : say('composeTooOld', { program: title, version, needed });
  throw new ServeError({ code: 'engine-too-old', ...problemTexts(tooOldText) });
}

interface Rejected {
  readonly title: string;
  /** Absent if it has no Compose, or cannot be run. */
  readonly version?: string;
  readonly oldest: Version;
  readonly detail: string;
  readonly isPodman: boolean;
  /** Whether Podman runs the program `podman-compose`. */
  readonly isPodmanCompose: boolean;
}

async function check(
  { command, args, oldest, engines, hasEvents }: Candidate,
  file: string,
  search: ComposeSearch,
): Promise<ComposeProgram | Rejected> {
  const { run, cwd, env, signal } = search;
  const title = [command, ...args].join(' ');
  const result = await run(file, [...args, 'version'], {
    ...{ cwd, env: composeEnv(env), timeoutMs, maxBytes: 100_000, signal },
  });
  if (signal?.aborted === true) throw cancelled();
  const version = result.failed ? undefined : versionIn(result.stdout);
  const rejected = {
    ...{ title, oldest, detail: result.stderr.slice(-2_000) },
    isPodman: command === 'podman',
    isPodmanCompose: /\bpodman-compose\b/.test(result.stdout),
  };
  if (version === undefined) return rejected;
  const [whole, major, minor] = version;
  const isNew = major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
  if (!isNew) return { ...rejected, version: whole };
  const engine = await firstOf(engines, search);
  return {
    ...{ title, file, args, version: whole, hasEvents },
    ...(engine === undefined ? {} : { engine }),
  };
}

/** `Docker Compose version v2.29.7`, `docker-compose version 1.29.2, build …`, `nerdctl Compose version v2.0.0`. */
function versionIn(
  output: string,
): readonly [whole: string, major: number, minor: number] | undefined {
  const match = /\bversion:?\s+v?((\d+)\.(\d+)[\w.+-]*)/i.exec(output);
  if (match === null) return undefined;
  const [, whole = '', major, minor] = match;
  return [whole, Number(major), Number(minor)];
}

async function firstOf(
  names: readonly string[],
  search: CommandSearch,
): Promise<string | undefined> {
  for (const name of names) {
    const file = await findCommand(name, search);
    if (file !== undefined) return file;
  }
  return undefined;
}

/** Removes variables that would choose other files, projects or profiles than the arguments do. */
export function composeEnv(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const entries = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !entry[0].toUpperCase().startsWith('COMPOSE_'),
  );
  return Object.fromEntries(entries);
}
