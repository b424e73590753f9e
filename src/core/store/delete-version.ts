import { randomBytes } from 'node:crypto';
import { mkdtemp, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemClock } from '../clock';
import { readYaml } from '../discovery/build-file/read-yaml';
import {
  creationTime,
  descriptions,
  type StoreKind,
  type StoreOptions,
} from '../discovery/store-versions';
import { ServeError } from '../problem';
import { identityOf, isSameDirectory, type LocatedVersion } from './locate-version';
import { problemTexts, say } from '../messages/message';

type DeleteOptions = Pick<StoreOptions, 'files' | 'log'>;

/** Folders with this name and a random ending hold what is being deleted; BentoML does not look at them. */
const privatePrefix = '.serve-bento-deleting-';
/** A deletion that began that long ago was interrupted. */
const abandonedMs = 60 * 60_000;

/**
 * Deletes a bento or a model from the store as `bentoml delete` does: its directory; that of its name when it was the
 * last; else the newest of the others becomes the latest. Its directory gets a private name first, where no link can
 * come between, and is deleted only when it is the one that was located.
 * @throws ServeError `store` when another directory is at its path, or the system refuses
 */
export async function deleteVersion(
  version: LocatedVersion,
  options: DeleteOptions,
): Promise<void> {
  const { tag, directory, parent } = version;
  try {
    const folder = await privateFolder(version, options);
    try {
      const moved = join(folder, basename(directory.path));
      await assertSame(version);
      await rename(directory.path, moved);
      if (!isSameDirectory(directory, await identityOf(moved))) {
        await rename(moved, directory.path);
        throw replaced(version);
      }
      await remove(moved, version, options);
    } finally {
      // Not with what is in it: it may hold what could not go back.
      await rmdir(folder).catch((error: unknown) => options.log.warn(String(error)));
    }
    if (isSameDirectory(parent, await identityOf(parent.path))) {
      await followLatest(version.kind, parent.path, options);
    }
  } catch (error) {
    throw error instanceof ServeError ? error : refusal(tag, error);
  }
}

async function assertSame(version: LocatedVersion): Promise<void> {
  const { parent, directory } = version;
  const isSame =
    isSameDirectory(parent, await identityOf(parent.path)) &&
    isSameDirectory(directory, await identityOf(directory.path));
  if (!isSame) throw replaced(version);
}

/** A folder for this user only, on the file system of the version. */
async function privateFolder(
  { store, parent, directory }: LocatedVersion,
  options: DeleteOptions,
): Promise<string> {
  const place = store.device === directory.device ? store.path : dirname(parent.path);
  await removeAbandoned(place, options);
  return mkdtemp(join(place, privatePrefix));
}

/** What a deletion has left that never came to its end. */
async function removeAbandoned(place: string, { files, log }: DeleteOptions): Promise<void> {
  try {
    for (const { name, kind } of await files.list(place)) {
      const path = join(place, name);
      if (!name.startsWith(privatePrefix) || kind !== 'directory') continue;
      if (systemClock.date() - (await files.modified(path)) < abandonedMs) continue;
      await rm(path, { recursive: true, maxRetries: 3 });
    }
  } catch (error) {
    log.debug(`Kept what an earlier deletion has left: ${String(error)}`);
  }
}

/** Its description last: what could not be deleted goes back with it, is listed, and can be deleted again. */
async function remove(
  moved: string,
  { kind, directory }: LocatedVersion,
  { files }: DeleteOptions,
): Promise<void> {
  try {
    for (const { name } of await files.list(moved)) {
      if (name !== descriptions[kind])
        await rm(join(moved, name), { recursive: true, maxRetries: 3 });
    }
    await rm(moved, { recursive: true, maxRetries: 3 });
  } catch (error) {
    await rename(moved, directory.path);
    throw error;
  }
}

/** @param parent the directory of a name */
async function followLatest(
  kind: StoreKind,
  parent: string,
  { files, log }: DeleteOptions,
): Promise<void> {
  const latest = join(parent, 'latest');
  // Through links, as BentoML lists them.
  const versions: string[] = [];
  for (const { name } of await files.list(parent)) {
    if ((await files.kind(join(parent, name))) === 'directory') versions.push(name);
  }
  if (versions.length === 0) {
    await unlink(latest).catch(ignoreMissing);
    // Not with what is in it: a build may have come meanwhile.
    await rmdir(parent).catch((error: unknown) => log.debug(`Kept ${parent}: ${String(error)}`));
    return;
  }
  const newest = await newestOf(kind, parent, versions.sort(), files);
  // Else BentoML finds out itself, when it is asked for the latest.
  if (newest !== undefined) await replace(latest, newest);
}

/** Of two that were made at the same time the last. */
async function newestOf(
  kind: StoreKind,
  parent: string,
  versions: readonly string[],
  files: DeleteOptions['files'],
): Promise<string | undefined> {
  let newest: { readonly version: string; readonly time: number } | undefined;
  for (const version of versions) {
    const path = join(parent, version, descriptions[kind]);
    const time = await timeOf(path, files).catch(() => undefined);
    if (time !== undefined && time >= (newest?.time ?? time)) newest = { version, time };
  }
  return newest?.version;
}

async function timeOf(path: string, files: DeleteOptions['files']): Promise<number> {
  const content = await files.read(path, 1024 * 1024);
  const said = content && creationTime(readYaml(content.toString('utf8'), ['creation_time']));
  return said ?? files.modified(path);
}

/** A link that is there is replaced, not followed; and nobody reads half a name. */
async function replace(path: string, text: string): Promise<void> {
  const own = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(own, text, { flag: 'wx' });
    await rename(own, path);
  } catch (error) {
    await rm(own, { force: true });
    throw error;
  }
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

const replaced = ({ tag, directory }: LocatedVersion): ServeError =>
  new ServeError({
    code: 'store',
    ...problemTexts(say('storeReplaced', { tag, folder: directory.path })),
  });

const refusal = (tag: string, error: unknown): ServeError =>
  new ServeError(
    {
      code: 'store',
      ...problemTexts(
        say('storeNotDeleted', { tag, code: (error as NodeJS.ErrnoException).code ?? 'unknown' }),
      ),
      detail: String(error),
    },
    { cause: error },
  );
