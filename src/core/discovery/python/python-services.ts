import type { Generation } from '../../model';
import { PythonEvaluation, type FilesOf, type ModuleAt } from './python-evaluation';
import type { PythonModule } from './python-module';
import type { DependencyResult, Result, ServiceResult } from './python-results';

/** A service that a Python file defines at its top level. */
export interface FoundService {
  /** The module's attribute, as in `service:svc`. */
  readonly attribute: string;
  /** What BentoML calls it, when the source says it; otherwise the attribute. */
  readonly name: string;
  /** The source does not say what BentoML calls it: that is known when it is served. */
  readonly isNameProvisional?: true;
  readonly generation: Generation;
  /** Zero-based. */
  readonly line: number;
  /** The services of its `bentoml.depends(X)`, in their order; only class services. */
  readonly depends: readonly Dependency[];
  /** Names of its runners, absent when the source alone does not tell them all; only legacy services. */
  readonly runners?: readonly string[];
}

export interface Dependency {
  /** The attribute in `file`. */
  readonly attribute: string;
  /** The Python file that defines it; absent when it is not in the workspace. */
  readonly file?: string;
  /** It has an address of its own (`url=`, `deployment=`) and is not served with its dependent. */
  readonly remote: boolean;
}

/** What reading one module gave, and what that rests on. */
export interface ModuleServices {
  readonly services: readonly FoundService[];
  /** Other modules can make services with what this one defines. */
  readonly makesServices: boolean;
  /** Modules that were not read yet, and that the result may depend on. */
  readonly needed: ReadonlySet<string>;
  readonly used: ReadonlyMap<string, PythonModule | null>;
  /** What it cost to work them out. */
  readonly steps: number;
}

/** The services that a module defines, in their order. */
export function servicesOfModule(
  module: PythonModule,
  moduleAt: ModuleAt,
  filesOf: FilesOf,
): ModuleServices {
  const evaluation = new PythonEvaluation(moduleAt, filesOf);
  const services: FoundService[] = [];
  let makesServices = false;
  for (const name of module.names.keys()) {
    const result = evaluation.attribute(module, name);
    if (result === undefined) continue;
    makesServices ||= evaluation.canMakeServices(result);
    // Another name of a service, or one of another module, is no service of its own.
    const { definition } = result.kind === 'service' ? result : {};
    if (result.kind !== 'service' || definition?.file !== module.file) continue;
    if (definition.attribute === name) services.push(found(result, definition));
  }
  services.sort((a, b) => a.line - b.line);
  const { needed, used, steps } = evaluation;
  return { services, makesServices, needed, used, steps };
}

/** What a path in a module means, such as `svc`, also where the module only imports it. */
export function pathInModule(
  module: PythonModule,
  path: string,
  moduleAt: ModuleAt,
  filesOf: FilesOf,
): {
  readonly result: Result | undefined;
  /** The module certainly has no such attribute. */
  readonly isMissing: boolean;
  readonly needed: ReadonlySet<string>;
  readonly steps: number;
} {
  const evaluation = new PythonEvaluation(moduleAt, filesOf);
  const result = evaluation.path(module, path);
  const isMissing = result === undefined && evaluation.lacks(module, path.split('.', 1)[0] ?? path);
  return { result, isMissing, needed: evaluation.needed, steps: evaluation.steps };
}

function found(
  { name, isLegacy, dependencies, runners }: ServiceResult,
  { attribute, line }: { readonly attribute: string; readonly line: number },
): FoundService {
  return {
    attribute,
    name: name ?? attribute,
    ...(name === undefined ? { isNameProvisional: true } : {}),
    generation: isLegacy ? 'legacy' : 'service',
    line,
    depends: dependencies().flatMap((dependency) => dependencyOf(dependency) ?? []),
    ...(runners === undefined ? {} : { runners }),
  };
}

function dependencyOf({ on, isRemote: remote }: DependencyResult): Dependency | undefined {
  if (on.kind === 'service' && on.definition !== undefined) {
    const { file, attribute } = on.definition;
    return { attribute, file, remote };
  }
  // Of another library, or one whose file cannot be seen: its own name is known at least.
  const path = on.kind === 'external' ? on.path.split('.').at(-1) : undefined;
  return path === undefined ? undefined : { attribute: path, remote };
}
