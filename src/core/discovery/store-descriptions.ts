import * as z from 'zod';
import type { ComponentKind, Generation } from '../model';
import { readYaml } from './build-file/read-yaml';
import { atLeast, atMost } from '../length-limits';
import type { StoreModel } from './store-model';
import { creationTime, type StoreVersion } from './store-versions';

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

/** What `model.yaml` says of a model; throws when it is no YAML. */
export function parseModel(
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
