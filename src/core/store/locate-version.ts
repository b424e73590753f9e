import { lstat, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { tagParts, type StoreKind } from '../discovery/store-versions';
import { ServeError } from '../problem';
import { problemTexts, say } from '../messages/message';

/** What a directory is, whatever it is called: a path may lead to another one a moment later. */
export interface DirectoryIdentity {
  readonly path: string;
  readonly device: bigint;
  readonly inode: bigint;
}

/** A version's directory, its name's, and the store's: real paths, none of them a link. */
export interface LocatedVersion {
  readonly kind: StoreKind;
  readonly tag: string;
  readonly store: DirectoryIdentity;
  readonly parent: DirectoryIdentity;
  readonly directory: DirectoryIdentity;
}

/**
 * Finds the directory of a version that belongs to the store itself. The store may be a link, as people name it; what
 * is in it may not: what it links to belongs to somebody else.
 * @throws ServeError `not-found`; `store` when the folder of bentos or models is a link
 */
export async function locateVersion(
  kind: StoreKind,
  tag: string,
  home: string,
): Promise<LocatedVersion> {
  const parts = tagParts(tag);
  const root = await realpath(home).catch(() => undefined);
  const store = root === undefined ? undefined : await identityOf(root);
  if (parts === undefined || root === undefined || store === undefined) throw missing(tag, home);
  const kindFolder = join(root, kind);
  const target = await readlink(kindFolder).catch(() => undefined);
  if (target !== undefined) throw linked(tag, kindFolder, target);
  const parent = await identityOf(join(kindFolder, parts.name));
  const directory = parent && (await identityOf(join(parent.path, parts.version)));
  if (parent === undefined || directory === undefined) throw missing(tag, home);
  return { kind, tag, store, parent, directory };
}

/** Nothing for a link, and for what is no directory. */
export async function identityOf(path: string): Promise<DirectoryIdentity | undefined> {
  try {
    const found = await lstat(path, { bigint: true });
    return found.isDirectory() ? { path, device: found.dev, inode: found.ino } : undefined;
  } catch {
    return undefined;
  }
}

export const isSameDirectory = (
  a: DirectoryIdentity | undefined,
  b: DirectoryIdentity | undefined,
): boolean => a !== undefined && a.device === b?.device && a.inode === b.inode;

const missing = (tag: string, home: string): ServeError =>
  new ServeError({
    code: 'not-found',
    ...problemTexts(say('storeMissing', { tag, home })),
  });

const linked = (tag: string, folder: string, target: string): ServeError =>
  new ServeError({
    code: 'store',
    setting: 'serveBento.bentomlHome',
    ...problemTexts(say('storeLinked', { tag, folder, target })),
  });
