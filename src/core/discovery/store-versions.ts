import { join } from 'node:path';
import * as z from 'zod';
import type { Log } from '../log';
import { forEachLimit } from './files/for-each-limit';
import type { FileTree } from './files/file-tree';

/** What a store has, by the name of its directory. */
export type StoreKind = 'bentos' | 'models';

export interface StoreOptions {
  /** `BENTOML_HOME`, see `bentomlHome`. */
  readonly home: string;
  readonly files: FileTree;
  readonly log: Log;
  readonly signal?: AbortSignal;
  /** At most that many: the latest of each name first, then the newest. Default: 200. */
  readonly limit?: number;
}

/** A built bento or a saved model, as its directory tells of it. */
export interface StoreVersion {
  readonly name: string;
  /** `name:version` */
  readonly tag: string;
  readonly directory: string;
  /** The newest of its name, as the store marks it. */
  readonly latest: boolean;
  /** When its description was written, milliseconds since the epoch. */
  readonly written: number;
}

/** The file that describes a version, in its directory. */
export const descriptions: Readonly<Record<StoreKind, string>> = {
  bentos: 'bento.yaml',
  models: 'model.yaml',
};

const defaultLimit = 200;
const versionsLimit = 2_000;
const fileLimit = 1024 * 1024;
const atOnce = 8;
/** As BentoML allows in tags, so that what follows needs no escaping anywhere. */
const tagPart = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9])?$/;

/** The name and the version of a whole tag; nothing when it is none, or one that moves. */
export function tagParts(tag: string): { name: string; version: string } | undefined {
  const [name = '', version = '', ...rest] = tag.split(':');
  const isWhole = rest.length === 0 && tagPart.test(name) && tagPart.test(version);
  return isWhole && version !== 'latest' ? { name, version } : undefined;
}

/**
 * Reads the descriptions of what the store has: by name, the newest of each first. What cannot be read is left out; a
 * store that is not there is an empty one.
 * @param parse may throw, and may give nothing.
 */
export async function readVersions<T extends { readonly created: number }>(
  kind: StoreKind,
  options: StoreOptions,
  parse: (version: StoreVersion, content: string) => Promise<T> | T,
): Promise<readonly T[]> {
  const versions = await listVersions(kind, options);
  versions.sort((a, b) => Number(b.latest) - Number(a.latest) || b.written - a.written);
  const kept = versions.slice(0, options.limit ?? defaultLimit);
  if (kept.length < versions.length) {
    options.log.debug(
      `The store has ${versions.length} ${kind}; the newest ${kept.length} are listed.`,
    );
  }
  const found = new Map<StoreVersion, T>();
  await forEachLimit(kept, atOnce, async (version) => {
    options.signal?.throwIfAborted();
    const path = join(version.directory, descriptions[kind]);
    try {
      const content = await options.files.read(path, fileLimit);
      if (content !== undefined) found.set(version, await parse(version, content.toString('utf8')));
    } catch (error) {
      options.log.debug(`Skipped ${path}: ${String(error)}`);
    }
  });
  return [...found]
    .sort(
      ([a, one], [b, other]) =>
        compare(a.name, b.name) || other.created - one.created || compare(b.tag, a.tag),
    )
    .map(([, one]) => one);
}

const creation = z.object({ creation_time: z.string() });

/** What a description says of when it was made, as BentoML reads it: without a zone it is local time. */
export function creationTime(description: unknown): number | undefined {
  const said = creation.safeParse(description).data?.creation_time;
  const time = said === undefined ? Number.NaN : Date.parse(said.replace(' ', 'T'));
  return Number.isNaN(time) ? undefined : time;
}

async function listVersions(kind: StoreKind, options: StoreOptions): Promise<StoreVersion[]> {
  const { files, home } = options;
  const root = join(home, kind);
  const found: StoreVersion[] = [];
  await forEachLimit(await directories(root, options), atOnce, async (name) => {
    options.signal?.throwIfAborted();
    const parent = join(root, name);
    const [latest, versions] = await Promise.all([
      files.read(join(parent, 'latest'), 1_000).catch(() => undefined),
      directories(parent, options),
    ]);
    const latestVersion = latest?.toString('utf8').trim();
    for (const version of versions) {
      if (found.length >= versionsLimit) return;
      const directory = join(parent, version);
      const written = await files
        .modified(join(directory, descriptions[kind]))
        .catch(() => undefined);
      if (written === undefined) continue;
      const tag = `${name}:${version}`;
      found.push({ name, tag, directory, latest: version === latestVersion, written });
    }
  });
  return found;
}

async function directories(parent: string, options: StoreOptions): Promise<readonly string[]> {
  try {
    const entries = await options.files.list(parent);
    return entries
      .filter(({ name, kind }) => kind === 'directory' && tagPart.test(name))
      .map(({ name }) => name);
  } catch (error) {
    options.log.debug(`Skipped ${parent}: ${String(error)}`);
    return [];
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
