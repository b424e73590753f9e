import type { Dependency, FoundService, ServiceInstance } from './python-services';

/** The names among which BentoML chooses where only their module is named: class services that no other of them needs. */
export function entryInstances(instances: readonly ServiceInstance[]): readonly ServiceInstance[] {
  const classes = instances.filter(({ generation }) => generation === 'service');
  const needed = new Set(classes.flatMap(({ depends }) => depends().flatMap(keysOf)));
  const entries = classes.filter(
    ({ definition }) => !needed.has(serviceKey(definition.file, definition)),
  );
  if (entries.length > 0) return entries;
  return instances.filter(({ generation }) => generation === 'legacy');
}

export const serviceKey = (file: string, { attribute }: Pick<FoundService, 'attribute'>): string =>
  `${file}:${attribute}`;

/** The service that a dependency is, where it is served with its dependent. */
export const keysOf = ({ file, attribute, remote }: Dependency): readonly string[] =>
  file === undefined || remote ? [] : [serviceKey(file, { attribute })];
