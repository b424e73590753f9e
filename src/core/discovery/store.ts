import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import type { ComponentKind, Generation } from '../model';
import type { DiscoveredBento } from './discovered-bento';
import { readYaml } from './build-file/read-yaml';
import { creationTime, readVersions, type StoreOptions, type StoreVersion } from './store-versions';
import { atLeast, atMost } from '../length-limits';

/** A built bento. Its `folder` is what the caller says; the store belongs to the user, not to a workspace folder. */
export interface StoreBento extends DiscoveredBento {
  readonly source: 'store';
  readonly bentomlVersion?: string;
  /** The newest of its name, as the store marks it. */
  readonly latest: boolean;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** Tags of the models of the store without which it cannot be served; it may carry others with it. */
  readonly models: readonly string[];
}

/** A saved model. */
export interface StoreModel {
  /** `name:version` */
  readonly tag: string;
  /** An absolute path. */
  readonly directory: string;
  readonly latest: boolean;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** What saved it, such as `bentoml.sklearn`. */
  readonly module?: string;
  readonly bentomlVersion?: string;
}

export interface StoreBentoOptions extends StoreOptions {
  /** The workspace folder whose settings hold for built bentos; default: none (`''`). */
  readonly folder?: string;
}

const names = z
  .array(z.object({ name: z.string().check(atLeast(1)).check(atMost(255)) }))
  .check(atMost(1_000))
  .nullish()
  .catch(undefined);
const word = z.string().check(atMost(100)).optional().catch(undefined);
/** A model with a registry is not one of the store. */
const models = z
  .array(
    z
      .object({ tag: z.string().check(atMost(512)), registry: z.null().optional() })
      .nullable()
      .catch(null),
  )
  .check(atMost(1_000))
  .nullish()
  .catch(undefined);
const bentoSchema = z.object({
  bentoml_version: word,
  entry_service: z.string().check(atMost(255)).nullish().catch(undefined),
  services: names,
  runners: names,
});
const usedModels = z.object({
  models,
  services: z.array(z.object({ models }).catch({})).check(atMost(1_000)).nullish().catch(undefined),
});
const modelSchema = z.object({
  module: word,
  context: z.object({ bentoml_version: word }).optional().catch(undefined),
});
const bentoKeys = [
  'bentoml_version',
  'creation_time',
  'entry_service',
  'models',
  'services',
  'runners',
];

/** Where BentoML keeps built bentos and models. */
export function bentomlHome(env: Readonly<NodeJS.ProcessEnv>, home = homedir()): string {
  const given = env['BENTOML_HOME'];
  if (given === undefined || given === '') return join(home, 'bentoml');
  return resolve(given.replace(/^~(?=$|[\\/])/, () => home));
}

/** The built bentos of the store, by name, the newest of each first. A store that is not there is an empty one. */
export function storeBentos(options: StoreBentoOptions): Promise<readonly StoreBento[]> {
  return readVersions('bentos', options, async (version, content) => {
    const { models: used, ...details } = parseBento(content, version.name);
    // One that has any with it needs none of the store: so BentoML sees it, too.
    const carries =
      used.length > 0 &&
      (await options.files.kind(join(version.directory, 'models'))) === 'directory';
    return {
      id: `store:${version.tag}`,
      name: version.tag,
      folder: options.folder ?? '',
      source: 'store',
      reference: version.tag,
      // Any other directory could hold a module of the bento's name, which BentoML would import instead.
      workingDir: version.directory,
      latest: version.latest,
      created: version.written,
      ...details,
      models: carries ? [] : used,
    };
  });
}

/** The models of the store, as its bentos. */
export function storeModels(options: StoreOptions): Promise<readonly StoreModel[]> {
  return readVersions('models', options, parseModel);
}

/** What `bento.yaml` says of the bento with that name; throws when it is no YAML. */
export function parseBento(
  content: string,
  bentoName: string,
): {
  generation: Generation;
  components: { kind: ComponentKind; name: string }[];
  models: readonly string[];
  created?: number;
  bentomlVersion?: string;
} {
  const description = readYaml(content, bentoKeys);
  const bento = bentoSchema.safeParse(description).data;
  const services = namesOf(bento?.services);
  const generation: Generation = services.length > 0 ? 'service' : 'legacy';
  const inner =
    generation === 'service'
      ? services
          .filter((name) => name !== bento?.entry_service)
          .map((name) => ({ kind: 'service' as const, name }))
      : namesOf(bento?.runners).map((name) => ({ kind: 'runner' as const, name }));
  const version = bento?.bentoml_version;
  const created = creationTime(description);
  return {
    generation,
    components: [...inner, { kind: 'http', name: bento?.entry_service ?? bentoName }],
    models: modelsOf(description),
    ...(created === undefined ? {} : { created }),
    ...(version === undefined ? {} : { bentomlVersion: version }),
  };
}

function parseModel(
  { tag, directory, latest, written }: StoreVersion,
  content: string,
): StoreModel {
  const description = readYaml(content, ['module', 'context', 'creation_time']);
  const { module, context } = modelSchema.safeParse(description).data ?? {};
  const bentomlVersion = context?.bentoml_version;
  return {
    tag,
    directory,
    latest,
    created: creationTime(description) ?? written,
    ...(module === undefined || module === '' ? {} : { module }),
    ...(bentomlVersion === undefined ? {} : { bentomlVersion }),
  };
}

/** BentoML 1.2 and later says it for each service. */
function modelsOf(description: unknown): readonly string[] {
  const { data } = usedModels.safeParse(description);
  const lists = [data?.models, ...(data?.services ?? []).map((service) => service.models)];
  return [...new Set(lists.flatMap((list) => (list ?? []).flatMap((model) => model?.tag ?? [])))];
}

/** Components are told apart by their names. */
const namesOf = (list: z.infer<typeof names>): readonly string[] => [
  ...new Set(list?.map(({ name }) => name)),
];
