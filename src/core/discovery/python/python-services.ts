import type { Argument } from '../../messages/message';
import { basename } from 'node:path';
import type { Generation } from '../../model';
import { sureKind } from './python-kinds';
import { stepsLimit } from './evaluation/evaluation-budget';
import type { FilesOf, ModuleAt } from './evaluation/module-lookup';
import { PythonEvaluation } from './python-evaluation';
import type { PythonModule } from './python-values';
import type { Definition, DependencyResult, Result, ServiceResult } from './python-results';

/** A service that a Python file defines at its top level. */
export interface FoundService {
  /** The module's attribute, as in `service:svc`; empty where the module makes its name when it is imported. */
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

/** A name by which a module has a service. */
export interface ServiceInstance {
  readonly name: string;
  readonly definition: Definition;
  readonly generation: Generation;
  readonly depends: () => readonly Dependency[];
}

/** What reading one module gave, and what that rests on. */
export interface ModuleServices {
  readonly services: readonly FoundService[];
  /** All names by which it has services, also those that it imports. */
  readonly instances: readonly ServiceInstance[];
  /** It may have services that cannot be read. */
  readonly isOpen: boolean;
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
  const instances: ServiceInstance[] = [];
  let isOpen = module.isDynamic || module.stars.length > 0;
  let makesServices = false;
  for (const name of module.names.keys()) {
    const result = evaluation.attribute(module, name);
    if (result === undefined) continue;
    makesServices ||= evaluation.canMakeServices(result);
    isOpen ||= result.kind === 'unknown' && result.service !== undefined;
    const { definition } = result.kind === 'service' ? result : {};
    if (result.kind !== 'service' || definition === undefined) continue;
    const generation = result.isLegacy ? 'legacy' : 'service';
    instances.push({ name, definition, generation, depends: () => dependsOf(result) });
    // Another name of a service, or one of another module, is no service of its own.
    if (definition.file !== module.file || definition.attribute !== name) continue;
    services.push(found(result, definition));
  }
  services.push(...unnamedService(module, evaluation, instances.length > 0));
  isOpen ||= evaluation.needed.size > 0 || evaluation.steps >= stepsLimit;
  services.sort((a, b) => a.line - b.line);
  const { needed, used, steps } = evaluation;
  return { services, instances, isOpen, makesServices, needed, used, steps };
}

/** One that is the only one of its module can be served without its name. */
function unnamedService(
  module: PythonModule,
  evaluation: PythonEvaluation,
  hasOthers: boolean,
): readonly FoundService[] {
  const made = module.unnamed.flatMap(({ value, line }) => {
    const result = evaluation.value(value);
    return result.kind === 'service' ? [{ result, line }] : [];
  });
  const [only, ...more] = made;
  if (only === undefined || more.length > 0 || hasOthers) return [];
  const { file } = module;
  const attribute = basename(file, '.py');
  return [{ ...found(only.result, { file, attribute, line: only.line }), attribute: '' }];
}

/** Why a path in a module certainly is no service. */
export type PathFault =
  | { readonly kind: 'missing' }
  /** `is`: such as `a class`. */
  | { readonly kind: 'no-service'; readonly is: Argument };

/** What a path in a module means, such as `svc`, also where the module only imports it. */
export function pathInModule(
  module: PythonModule,
  path: string,
  moduleAt: ModuleAt,
  filesOf: FilesOf,
): {
  readonly result: Result | undefined;
  readonly fault: PathFault | undefined;
  readonly needed: ReadonlySet<string>;
  readonly steps: number;
} {
  const evaluation = new PythonEvaluation(moduleAt, filesOf);
  const result = evaluation.path(module, path);
  const fault = result?.kind === 'service' ? undefined : faultOf(module, path, evaluation);
  return { result, fault, needed: evaluation.needed, steps: evaluation.steps };
}

function faultOf(
  module: PythonModule,
  path: string,
  evaluation: PythonEvaluation,
): PathFault | undefined {
  const [first = '', ...rest] = path.split('.');
  if (evaluation.lacks(module, first)) return { kind: 'missing' };
  const is = rest.length === 0 ? sureKind(module, first, evaluation) : undefined;
  return is === undefined ? undefined : { kind: 'no-service', is };
}

function found(result: ServiceResult, { attribute, line }: Definition): FoundService {
  const { name, isLegacy, runners } = result;
  return {
    attribute,
    name: name ?? attribute,
    ...(name === undefined ? { isNameProvisional: true } : {}),
    generation: isLegacy ? 'legacy' : 'service',
    line,
    depends: dependsOf(result),
    ...(runners === undefined ? {} : { runners }),
  };
}

const dependsOf = ({ dependencies }: ServiceResult): readonly Dependency[] =>
  dependencies().flatMap((dependency) => dependencyOf(dependency) ?? []);

function dependencyOf({ on, isRemote: remote }: DependencyResult): Dependency | undefined {
  if (on.kind === 'service' && on.definition !== undefined) {
    const { file, attribute } = on.definition;
    return { attribute, file, remote };
  }
  // Of another library, or one whose file cannot be seen: its own name is known at least.
  const path = on.kind === 'external' ? on.path.split('.').at(-1) : undefined;
  return path === undefined ? undefined : { attribute: path, remote };
}
