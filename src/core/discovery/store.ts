import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import type { ComponentKind, Generation } from '../model';
import type { Log } from '../log';
import { drain } from './bounded';
import type { DiscoveredBento } from './discovered-bento';
import type { FileTree } from './file-tree';
import { readYaml } from './read-yaml';

/** A built bento. Its `folder` is what the caller says; the store belongs to the user, not to a workspace folder. */
export interface StoreBento extends DiscoveredBento {
  readonly source: 'store';
  readonly bentomlVersion?: string;
  /** The newest of its name, as the store marks it. */
  readonly latest: boolean;
}

export interface StoreOptions {
  /** `BENTOML_HOME`, see `bentomlHome`. */
  readonly home: string;
  readonly files: FileTree;
  readonly log: Log;
  readonly signal?: AbortSignal;
  /** The workspace folder whose settings hold for built bentos; default: none (`''`). */
  readonly folder?: string;
  /** At most that many: the latest of each name first, then the newest. */
  readonly limit?: number;
}

const defaultLimit = 200;
const versionsLimit = 2_000;
const fileLimit = 1024 * 1024;
const atOnce = 8;
/** As BentoML allows in tags, so that what follows needs no escaping anywhere. */
const tagPart = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9])?$/;

const names = z
  .array(z.object({ name: z.string().min(1).max(255) }))
  .max(1_000)
  .nullish()
  .catch(undefined);
const bentoSchema = z.object({
  bentoml_version: z.string().max(100).optional().catch(undefined),
  entry_service: z.string().max(255).nullish().catch(undefined),
  services: names,
  runners: names,
});
const wantedKeys = ['bentoml_version', 'entry_service', 'services', 'runners'];

/** Where BentoML keeps built bentos and models. */
export function bentomlHome(env: Readonly<NodeJS.ProcessEnv>, home = homedir()): string {
  const given = env['BENTOML_HOME'];
  if (given === undefined || given === '') return join(home, 'bentoml');
  return resolve(given.replace(/^~(?=$|[\\/])/, () => home));
}

/** The built bentos of the store, by name, the newest of each first. A store that is not there is an empty one. */
export async function storeBentos(options: StoreOptions): Promise<readonly StoreBento[]> {
  const versions = await listVersions(options);
  versions.sort((a, b) => Number(b.latest) - Number(a.latest) || b.built - a.built);
  const kept = versions.slice(0, options.limit ?? defaultLimit);
  if (kept.length < versions.length) {
    options.log.debug(
      `The store has ${versions.length.toString()} bentos; the newest ${kept.length.toString()} are listed.`,
    );
  }
  const found = new Map<StoreVersion, StoreBento>();
  await drain(kept, atOnce, async (version) => {
    options.signal?.throwIfAborted();
    const bento = await readBento(version, options);
    if (bento !== undefined) found.set(version, bento);
  });
  return [...found]
    .sort(([a], [b]) => compare(a.name, b.name) || b.built - a.built || compare(b.tag, a.tag))
    .map(([, bento]) => bento);
}

interface StoreVersion {
  readonly name: string;
  readonly tag: string;
  readonly directory: string;
  readonly latest: boolean;
  /** Milliseconds since the epoch. */
  readonly built: number;
}

async function listVersions(options: StoreOptions): Promise<StoreVersion[]> {
  const { files, home } = options;
  const root = join(home, 'bentos');
  const found: StoreVersion[] = [];
  await drain(await directories(root, options), atOnce, async (name) => {
    options.signal?.throwIfAborted();
    const directory = join(root, name);
    const [latest, versions] = await Promise.all([
      files.read(join(directory, 'latest'), 1_000).catch(() => undefined),
      directories(directory, options),
    ]);
    const latestVersion = latest?.toString('utf8').trim();
    for (const version of versions) {
      if (found.length >= versionsLimit) return;
      const bento = join(directory, version);
      const built = await files.modified(join(bento, 'bento.yaml')).catch(() => undefined);
      if (built === undefined) continue;
      const tag = `${name}:${version}`;
      found.push({ name, tag, directory: bento, latest: version === latestVersion, built });
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

async function readBento(
  version: StoreVersion,
  options: StoreOptions,
): Promise<StoreBento | undefined> {
  const path = join(version.directory, 'bento.yaml');
  try {
    const content = await options.files.read(path, fileLimit);
    if (content === undefined) return undefined;
    const details = parseBento(content.toString('utf8'), version.name);
    return {
      id: `store:${version.tag}`,
      name: version.tag,
      folder: options.folder ?? '',
      source: 'store',
      reference: version.tag,
      // Any other directory could hold a module of the bento's name, which BentoML would import instead.
      workingDir: version.directory,
      latest: version.latest,
      ...details,
    };
  } catch (error) {
    options.log.debug(`Skipped ${path}: ${String(error)}`);
    return undefined;
  }
}

/** What `bento.yaml` says of the bento with that name; throws when it is no YAML. */
export function parseBento(
  content: string,
  bentoName: string,
): {
  generation: Generation;
  components: { kind: ComponentKind; name: string }[];
  bentomlVersion?: string;
} {
  const bento = bentoSchema.safeParse(readYaml(content, wantedKeys)).data;
  const services = namesOf(bento?.services);
  const generation: Generation = services.length > 0 ? 'service' : 'legacy';
  const inner =
    generation === 'service'
      ? services
          .filter((name) => name !== bento?.entry_service)
          .map((name) => ({ kind: 'service' as const, name }))
      : namesOf(bento?.runners).map((name) => ({ kind: 'runner' as const, name }));
  const version = bento?.bentoml_version;
  return {
    generation,
    components: [...inner, { kind: 'http', name: bento?.entry_service ?? bentoName }],
    ...(version === undefined ? {} : { bentomlVersion: version }),
  };
}

/** Components are told apart by their names. */
const namesOf = (list: z.infer<typeof names>): readonly string[] => [
  ...new Set(list?.map(({ name }) => name)),
];

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
