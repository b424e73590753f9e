import type { ComponentKind } from '../model';
import { keysOf, serviceKey } from './python/python-entries';
import type { Dependency, FoundService } from './python/python-services';
import type { LocatedService } from './python/python-workspace';
import { posixRelative } from './files/relative-path';

type FoundComponent = { readonly kind: ComponentKind; readonly name: string };

/**
 * The services of one file that are bentos of their own: those that no other service of the file depends on.
 * The others are components of the entry that needs them, which is what people serve and what BentoML itself
 * picks when a reference names only the module. Where services depend on each other in a circle, all are entries.
 */
export function entryServices(
  services: readonly FoundService[],
  file: string,
): readonly FoundService[] {
  const needed = new Set<string>();
  for (const service of services) {
    for (const dependency of service.depends) {
      if (dependency.file !== file || dependency.attribute === service.attribute) continue;
      needed.add(dependency.attribute);
    }
  }
  const entries = services.filter(({ attribute }) => !needed.has(attribute));
  return entries.length > 0 ? entries : services;
}

/**
 * The services that are components of an entry in another file. What nothing but a test depends on is no component,
 * and where services of several files depend on each other in a circle, none is.
 */
export function innerServices(
  services: ReadonlyMap<string, readonly FoundService[]>,
  folder: string,
): ReadonlySet<string> {
  const needs = new Map<string, readonly string[]>();
  const needed = new Set<string>();
  for (const [file, found] of services) {
    for (const service of found) {
      const own = serviceKey(file, service);
      const inner = isTest(posixRelative(folder, file))
        ? []
        : service.depends.flatMap((dependency) => keysOf(dependency));
      needs.set(own, inner);
      for (const key of inner) if (key !== own) needed.add(key);
    }
  }
  const found = new Set<string>();
  const queue = [...needs.keys()].filter((key) => !needed.has(key));
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    for (const inner of needs.get(key) ?? []) {
      if (found.has(inner)) continue;
      found.add(inner);
      queue.push(inner);
    }
  }
  return found;
}

/** Files of tests, by the names that pytest knows them by, and their folders. */
const isTest = (path: string): boolean =>
  /(?:^|\/)(?:tests?\/|test_[^/]*$|[^/]*_test\.py$|conftest\.py$)/.test(path);

/** Finds what a `bentoml.depends(X)` means; nothing when it is not in the workspace. */
export type DependencyLookup = (dependency: Dependency) => LocatedService | undefined;

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
    const found = dependency.remote ? undefined : lookup(dependency);
    if (found === undefined || seen.has(keyOf(found))) continue;
    seen.add(keyOf(found));
    stack.push({ at: found, next: 0 });
  }
  return [...names];
}

const keyOf = ({ file, service }: LocatedService): string => serviceKey(file, service);
