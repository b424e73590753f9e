import { lstat, mkdir, mkdtemp, realpath, rm, statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { isPrivateFolder, runDirectoryPrefix } from '../../orphans/run-directory';
import type { Log } from '../../log';
import { oneLine } from '../../one-line';
import { ServeError } from '../../problem';
import { reasonOf } from '../../system-error';
import { MessageError } from '../../messages/message-error';
import { problemTexts, say, textOf, type Message } from '../../messages/message';

/** The shortest limit of a Unix socket's path, on macOS; Linux allows four bytes more. */
export const socketPathLimit = 103;

/** In bytes: metrics are mapped into memory, and a worker that finds no room for them dies without a word. */
const leastRoom = 1024 * 1024;

/** A folder for temporary files. */
interface Base {
  readonly folder: string;
  /** The variable that names it. */
  readonly variable?: string;
}

/**
 * A folder of one served bento, 0700, for its sockets and metrics; the helper removes it at its end.
 * In the user's runtime directory where there is one: it is private and in memory.
 * @throws ServeError why none of the folders for it can be used.
 */
export async function makeRunDirectory(
  env: NodeJS.ProcessEnv,
  log: Log,
  bases: readonly Base[] = basesOf(env),
): Promise<string> {
  const refusals: Message[] = [];
  for (const base of bases) {
    try {
      const directory = await makeIn(base);
      // People may look for it where they have said it is to be.
      if (refusals.length > 0)
        log.warn(`${linesOf(refusals).join('; ')}: ${base.folder} is used instead`);
      return directory;
    } catch (error) {
      refusals.push(refusalOf(base, error));
    }
  }
  throw new ServeError({
    code: 'crashed',
    ...problemTexts(
      say('noRunDirectory', {
        reasons: refusals.reduce((first, second) => say('anotherReason', { first, second })),
      }),
      say('noRunDirectorySummary'),
    ),
    detail: linesOf(refusals).join('\n'),
  });
}

function refusalOf({ folder, variable }: Base, error: unknown): Message {
  const facts = { folder: oneLine(folder, 80), reason: reasonOf(error) };
  return variable === undefined
    ? say('folderRefused', facts)
    : say('folderOfVariableRefused', { ...facts, variable });
}

const linesOf = (messages: readonly Message[]): readonly string[] =>
  messages.map((message) => textOf(message));

/**
 * Makes again what a cleaner has removed of it, so that workers can be started.
 * @throws ServeError what is wrong where it is, or that one of the sockets is lost.
 */
export async function mendRunDirectory(
  directory: string,
  sockets: readonly string[],
): Promise<void> {
  const lost = await missingAmong(sockets);
  if (lost.length > 0) {
    throw new ServeError({
      code: 'crashed',
      ...problemTexts(say('socketsLost', { folder: directory }), say('socketsLostSummary')),
      detail: lost.join('\n'),
    });
  }
  try {
    for (const folder of [directory, ...foldersOf(directory)]) await makeAgain(folder);
    await assertRoom(directory);
  } catch (error) {
    throw new ServeError(
      {
        code: 'crashed',
        ...problemTexts(
          say('runDirectoryUnusable', { folder: directory, reason: reasonOf(error) }),
          say('runDirectoryUnusableSummary', { folder: directory, reason: reasonOf(error) }),
        ),
      },
      { cause: error },
    );
  }
}

/** Whether a bento can be served with it: nobody has removed it, and there is room. */
export async function isWhole(directory: string): Promise<boolean> {
  const missing = await missingAmong([directory, ...foldersOf(directory)]);
  if (missing.length > 0) return false;
  return assertRoom(directory).then(
    () => true,
    () => false,
  );
}

export const socketsDirectory = (folder: string): string => path.join(folder, 's');

export const socketPath = (folder: string, index: number): string =>
  path.join(socketsDirectory(folder), `${index}`);

export const metricsDirectory = (folder: string, index: number): string =>
  path.join(folder, 'm', `${index}`);

/** Where forked workers write what they import. */
export const importsDirectory = (folder: string): string => path.join(folder, 'i');

/** Counters of workers that have ended would be added to those of the new ones. */
export async function emptyDirectory(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}

const foldersOf = (directory: string): readonly string[] => [
  socketsDirectory(directory),
  path.join(directory, 'm'),
  metricsDirectory(directory, 0),
  importsDirectory(directory),
];

/** What is set wrongly stops nobody: BentoML falls back to these too. */
function basesOf(env: NodeJS.ProcessEnv): readonly Base[] {
  if (process.platform === 'win32') return [{ folder: os.tmpdir(), variable: 'TEMP' }];
  const variables = ['XDG_RUNTIME_DIR', 'TMPDIR', 'TMP', 'TEMP'].flatMap((variable) => {
    const folder = env[variable];
    return folder === undefined || !path.isAbsolute(folder) ? [] : [{ folder, variable }];
  });
  return [...variables, { folder: '/tmp' }, { folder: '/var/tmp' }];
}

async function makeIn({ folder, variable }: Base): Promise<string> {
  // One of another user sees what is served, and can take it away.
  if (variable === 'XDG_RUNTIME_DIR' && !(await isPrivateFolder(await realpath(folder)))) {
    throw new MessageError(say('notPrivate'));
  }
  const directory = await mkdtemp(path.join(folder, runDirectoryPrefix));
  try {
    for (const inner of foldersOf(directory)) await mkdir(inner);
    await assertRoom(directory);
    return directory;
  } catch (error) {
    await rm(directory, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
}

/** Somebody else may have made one of the name meanwhile. */
async function makeAgain(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const { uid } = await lstat(folder);
    if (process.geteuid !== undefined && uid !== process.geteuid()) {
      throw new MessageError(say('ofAnotherUser'), { cause: error });
    }
  }
}

/** @throws as a write would. */
async function assertRoom(folder: string): Promise<void> {
  const { bavail, bsize, blocks } = await statfs(folder);
  // Some file systems do not tell.
  if (blocks > 0 && bavail * bsize < leastRoom) {
    throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  }
}

async function missingAmong(paths: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    paths.map((one) =>
      lstat(one).then(
        () => [],
        () => [one],
      ),
    ),
  );
  return found.flat();
}
