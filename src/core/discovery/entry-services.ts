import type { ComponentKind } from '../model';
import type { Dependency, FoundService } from './python-services';

type FoundComponent = { readonly kind: ComponentKind; readonly name: string };

/**
 * The services of one file that are bentos of their own: those that no other service of the file depends on.
 * The others are components of the entry that needs them, which is what people serve and what BentoML itself
 * picks when a reference names only the module. Where services depend on each other in a circle, all are entries.
 */
export function entryServices(services: readonly FoundService[]): readonly FoundService[] {
  const needed = new Set<string>();
  for (const service of services) {
    for (const { attribute, module } of service.depends) {
      if (module === undefined && attribute !== service.attribute) needed.add(attribute);
    }
  }
  const entries = services.filter(({ attribute }) => !needed.has(attribute));
  return entries.length > 0 ? entries : services;
}

/** A service with the file it was found in, so that its own dependencies can be followed. */
export interface LocatedService {
  readonly service: FoundService;
  readonly file: string;
}

/** Finds what a `bentoml.depends(X)` in `file` means; nothing when it is not in the workspace. */
export type DependencyLookup = (dependency: Dependency, file: string) => LocatedService | undefined;

/** The components of a service that its source tells for sure, dependencies first, the API last. */
export function componentsOf(
  entry: LocatedService,
  lookup: DependencyLookup,
): readonly FoundComponent[] {
  const { name, generation } = entry.service;
  const api: FoundComponent = { kind: 'http', name };
  if (generation === 'legacy') {
    const runners = entry.service.runners ?? [];
    return [...runners.map((runner) => ({ kind: 'runner', name: runner }) as const), api];
  }
  return [
    ...dependencyNames(entry, lookup).map((name) => ({ kind: 'service', name }) as const),
    api,
  ];
}

/** In the order of a depth-first walk; iterative, since a chain of dependencies may be of any length. */
function dependencyNames(entry: LocatedService, lookup: DependencyLookup): readonly string[] {
  const names = new Set<string>();
  const seen = new Set([keyOf(entry)]);
  const stack = [{ at: entry, next: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const dependency = top.at.service.depends[top.next++];
    if (dependency === undefined) {
      stack.pop();
      if (stack.length > 0) names.add(top.at.service.name);
      continue;
    }
    const found = dependency.remote ? undefined : lookup(dependency, top.at.file);
    if (found === undefined || seen.has(keyOf(found))) continue;
    seen.add(keyOf(found));
    stack.push({ at: found, next: 0 });
  }
  return [...names];
}

const keyOf = ({ file, service }: LocatedService): string => `${file}:${service.attribute}`;
