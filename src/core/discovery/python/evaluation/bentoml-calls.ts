import {
  nothing,
  textOf,
  type Arguments,
  type ClassResult,
  type DependencyResult,
  type Frame,
  type Result,
  type ServiceResult,
} from '../python-results';
import { runnerName, runnerNames } from '../python-runners';
import { unknown, type Value } from '../python-values';
import { dependenciesOf, hasApi, serviceBase } from './class-hierarchy';
import { forEachOption } from './collections';
import type { EvaluationBudget } from './evaluation-budget';
import type { Evaluator } from './evaluator';

/** Only class services have them; a legacy one has runners and models instead. */
const classServiceArguments = ['cmd', 'inner', 'config', 'image', 'envs', 'labels', 'apis'];
const classServiceOnly = [...classServiceArguments, 'description', 'path_prefix'];
/** Positional arguments of a legacy service. */
const legacyPositional = 3;
/** Decorators that return the class itself. */
const plainDecorators =
  /^(?:_?bentoml(?:_sdk)?|abc|attrs?|contextlib|dataclasses|enum|functools|pydantic|typing(?:_extensions)?|unittest|warnings)\./;

/** Returns the result of calling a function or class of BentoML; undefined if the path is unknown. */
export function callBentoml(
  path: string,
  args: Arguments,
  evaluator: Evaluator,
): Result | undefined {
  const [first] = args.positional;
  switch (path) {
    case 'bentoml.service': {
      const inner = first ?? args.named.get('inner');
      // Without an inner class it returns a decorator, like any decorator with optional arguments.
      return inner === undefined || inner.kind === 'none'
        ? { kind: 'decorator', args }
        : classService(inner, args, evaluator);
    }
    case 'bentoml.Service':
      return serviceObject(args, isClassService(args), evaluator.budget);
    case 'bentoml.legacy.Service':
      return serviceObject(args, false, evaluator.budget);
    case 'bentoml.runner_service':
      return { kind: 'service', name: undefined, isLegacy: false, dependencies: noDependencies };
    case 'bentoml.depends':
      return {
        kind: 'dependency',
        on: args.named.get('on') ?? first ?? nothing,
        isRemote: args.named.has('url') || args.named.has('deployment'),
      };
    case 'bentoml.Runner':
    case 'bentoml.legacy.Runner':
      return { kind: 'runner', name: runnerName(first, args)?.toLowerCase() };
  }
  return /^bentoml\.(?:legacy\.)?\w+\.get$/.test(path)
    ? { kind: 'model', name: textOf(first)?.split(':', 1)[0] }
    : undefined;
}

/** Evaluates `bentoml.service(inner, …)`. Without a name of its own, the service has the name of the class. */
export function classService(
  inner: Result | undefined,
  args: Arguments,
  evaluator: Evaluator,
): Result {
  if (inner === undefined) return nothing;
  if (inner.kind === 'several') {
    return forEachOption(
      inner.options,
      (option) => classService(option, args, evaluator),
      evaluator.budget,
    );
  }
  const given = args.named.get('name') ?? { kind: 'none' };
  const own = inner.kind === 'class' ? inner.definition.name : undefined;
  const path = inner.kind === 'external' ? inner.path.split('.').at(-1) : undefined;
  const isFunction = inner.kind === 'function' || inner.kind === 'service';
  if (isFunction) return nothing;
  const name = given.kind === 'none' && !args.isOpen ? (own ?? path) : textOf(given);
  return { ...serviceOf(inner, evaluator), name };
}

/** Returns an object of a class: a service, if the class extends BentoML's own `Service`. */
export function instanceOf(of: ClassResult, args: Arguments, evaluator: Evaluator): Result {
  const { path, hasConstructor } = serviceBase(of, evaluator);
  if (path === undefined) return { kind: 'instance', of, args };
  const isClass = path === 'bentoml.Service' && isClassService(args);
  const service = serviceObject(args, isClass, evaluator.budget);
  if (!hasConstructor) return service;
  const { runners: _, ...rest } = service;
  return { ...rest, name: undefined };
}

/** Returns the service that an unknown decorator or call makes of a class with an API. */
export function guessedService(
  value: Value,
  made: Result,
  frame: Frame | undefined,
  evaluator: Evaluator,
): ServiceResult | undefined {
  let isOpen = false;
  let inner = value;
  for (; inner.kind === 'call' && inner.decorates; inner = inner.args[0]?.value ?? unknown) {
    isOpen ||= mayMakeServices(evaluator.evaluate(inner.callee, frame));
  }
  let of = made;
  if (inner.kind === 'call' && made.kind === 'unknown') {
    const callee = evaluator.evaluate(inner.callee, frame);
    isOpen = callee.kind === 'unknown' || callee.kind === 'function';
    of = evaluator.evaluate(inner.args[0]?.value ?? unknown, frame);
  }
  if (!isOpen || of.kind !== 'class' || !hasApi(of, evaluator)) return undefined;
  return { ...serviceOf(of, evaluator), name: undefined };
}

function serviceOf(inner: Result, evaluator: Evaluator): Omit<ServiceResult, 'name'> {
  const dependencies =
    inner.kind === 'class' ? () => dependenciesOf(inner, evaluator) : noDependencies;
  return { kind: 'service', isLegacy: false, dependencies };
}

/** Evaluates `bentoml.Service("name", …)` of either generation. */
function serviceObject(args: Arguments, isClass: boolean, budget: EvaluationBudget): ServiceResult {
  const given = args.named.get('name') ?? args.positional[0];
  const name = args.isOpen && !args.named.has('name') ? undefined : textOf(given);
  if (isClass) return { kind: 'service', name, isLegacy: false, dependencies: noDependencies };
  const list = args.named.get('runners') ?? args.positional[1];
  if (list?.kind === 'list') budget.spend(list.items.length);
  const runners = runnerNames(list);
  return {
    kind: 'service',
    // BentoML makes a legacy service's name lower case.
    name: name?.toLowerCase(),
    isLegacy: true,
    dependencies: noDependencies,
    ...(runners === undefined || args.isOpen ? {} : { runners }),
  };
}

const isClassService = ({ positional, named }: Arguments): boolean =>
  positional.length > legacyPositional || classServiceOnly.some((name) => named.has(name));

/** Whether an unknown value may be a decorator of BentoML. */
const mayMakeServices = (callee: Result): boolean =>
  callee.kind === 'unknown' || (callee.kind === 'external' && !plainDecorators.test(callee.path));

const noDependencies = (): readonly DependencyResult[] => [];
