import { randomBytes } from 'node:crypto';
import { lstat, realpath, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readYaml } from '../discovery/read-yaml';
import {
  creationTime,
  descriptions,
  tagParts,
  type StoreKind,
  type StoreOptions,
} from '../discovery/store-versions';
import { ServeError } from '../problem';

type DeleteOptions = Pick<StoreOptions, 'home' | 'files' | 'log'>;

/**
 * Deletes a bento or a model from the store as `bentoml delete` does: its directory; that of its name when it was the
 * last; else the newest of the others becomes the latest. Never through a link: what the store links to is not its own.
 * @param tag of a version, not `latest`
 * @throws ServeError `not-found` when there is no such directory in the store, `store` when the system refuses
 */
export async function deleteVersion(
  kind: StoreKind,
  tag: string,
  options: DeleteOptions,
): Promise<void> {
  const parts = tagParts(tag);
  const parent = parts && (await ownDirectory(join(options.home, kind), parts.name));
  const directory = parent && (await ownDirectory(parent, parts.version));
  if (parent === undefined || directory === undefined) {
    throw new ServeError({
      code: 'not-found',
      message: `${tag} is no directory of the store ${options.home}, so nothing was deleted: refresh the view.`,
    });
  }
  try {
    await remove(directory, descriptions[kind], options);
    await followLatest(kind, parent, options);
  } catch (error) {
    throw refusal(tag, error);
  }
}

/** The real path of a directory that is in its parent itself, however one comes to the parent. */
async function ownDirectory(parent: string, name: string): Promise<string | undefined> {
  try {
    const path = join(await realpath(parent), name);
    return (await lstat(path)).isDirectory() ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Its description last: until then it is listed, here and by BentoML, and can be deleted again. */
async function remove(
  directory: string,
  description: string,
  { files }: DeleteOptions,
): Promise<void> {
  for (const { name } of await files.list(directory)) {
    if (name !== description) await rm(join(directory, name), { recursive: true, maxRetries: 3 });
  }
  await rm(directory, { recursive: true, maxRetries: 3 });
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

const refusal = (tag: string, error: unknown): ServeError =>
  new ServeError(
    {
      code: 'store',
      message: `${tag} could not be deleted whole (${(error as NodeJS.ErrnoException).code ?? 'unknown'}): see who may write there and who has its files open, then delete it again.`,
      detail: String(error),
    },
    { cause: error },
  );
