import type { PythonClass, PythonFunction } from './python-values';

/** Where a service is defined: an attribute of a file's module. */
export interface Definition {
  readonly file: string;
  readonly attribute: string;
  readonly line: number;
}

/** A service as far as its source tells. */
export interface ServiceResult {
  readonly kind: 'service';
  /** Absent when it is known only when the service is served. */
  readonly name: string | undefined;
  readonly isLegacy: boolean;
  readonly definition?: Definition;
  /** Worked out when it is asked for, since services may depend on each other in a circle. */
  readonly dependencies: () => readonly DependencyResult[];
  /** Absent when one of them is not known. */
  readonly runners?: readonly string[];
}

export interface DependencyResult {
  readonly kind: 'dependency';
  /** The attribute of the class that holds it. */
  readonly field?: string;
  readonly on: Result;
  readonly isRemote: boolean;
}

export interface ClassResult {
  readonly kind: 'class';
  readonly definition: PythonClass;
  readonly frame: Frame | undefined;
}

/** An object of a class of the workspace. */
export interface InstanceResult {
  readonly kind: 'instance';
  readonly of: ClassResult;
  /** What its class was called with. */
  readonly args: Arguments;
}

/** The values that parameters have in one call of a function. */
export interface Frame {
  readonly of: PythonFunction;
  readonly values: ReadonlyMap<string, Result>;
  readonly outer: Frame | undefined;
}

/** What a value turns out to be. */
export type Result =
  /** `service`: one that it may have become, such as `wrap(service)`. */
  | { readonly kind: 'unknown'; readonly service?: ServiceResult }
  | { readonly kind: 'none' }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'external'; readonly path: string }
  | { readonly kind: 'module'; readonly name: string; readonly file: string }
  | { readonly kind: 'list'; readonly items: readonly Result[] }
  | { readonly kind: 'dict'; readonly args: Arguments }
  | ClassResult
  | {
      readonly kind: 'function';
      readonly definition: PythonFunction;
      readonly frame: Frame | undefined;
    }
  | { readonly kind: 'partial'; readonly callee: Result; readonly args: Arguments }
  | InstanceResult
  /** What `@property` makes of a function. */
  | { readonly kind: 'property'; readonly getter: Result }
  | { readonly kind: 'decorator'; readonly args: Arguments }
  | ServiceResult
  | DependencyResult
  | { readonly kind: 'model'; readonly name: string | undefined }
  | { readonly kind: 'to-runner'; readonly model: string | undefined }
  | { readonly kind: 'runner'; readonly name: string | undefined };

export interface Arguments {
  readonly positional: readonly Result[];
  readonly named: ReadonlyMap<string, Result>;
  /** There are others that are not known, such as those of `**config`. */
  readonly isOpen: boolean;
}

export const nothing: Result = { kind: 'unknown' };
export const noArguments: Arguments = { positional: [], named: new Map(), isOpen: false };
/** More certain kinds are preferred where a name may be one of several things. */
const ranks: Readonly<Record<Result['kind'], number>> = {
  service: 6,
  decorator: 5,
  partial: 5,
  dependency: 5,
  runner: 5,
  function: 4,
  class: 4,
  instance: 4,
  property: 4,
  model: 4,
  'to-runner': 4,
  external: 3,
  module: 3,
  dict: 2,
  list: 2,
  string: 2,
  none: 1,
  unknown: 0,
};

/** What a string says; an empty one says nothing. */
export const textOf = (result: Result | undefined): string | undefined =>
  result?.kind === 'string' && result.text !== '' ? result.text : undefined;

export const joined = (some: Arguments, more: Arguments): Arguments => ({
  positional: [...some.positional, ...more.positional],
  named: new Map([...some.named, ...more.named]),
  isOpen: some.isOpen || more.isOpen,
});

/** The most certain of several; what they say of a name holds only where all say the same. */
export function oneOf(results: readonly Result[]): Result {
  let best: Result = nothing;
  for (const result of results) {
    if (result.kind === 'unknown' && best.kind === 'unknown') best = best.service ? best : result;
    else if (rank(result) > rank(best)) best = result;
    else if (result.kind === best.kind) best = withoutName(best, result);
  }
  const isWord = best.kind === 'string' || best.kind === 'none';
  return isWord && results.some((result) => !isSameWord(result, best)) ? nothing : best;
}

/** BentoML's own things come before those that stand in for them where BentoML is missing. */
const rank = (result: Result): number =>
  result.kind === 'external' && /^_?bentoml/.test(result.path)
    ? ranks.decorator
    : ranks[result.kind];

/** One of two of a kind: its name is sure only if the other has the same. */
function withoutName(one: Result, other: Result): Result {
  if (one.kind === 'service' && other.kind === 'service') {
    return one.name === other.name ? one : { ...one, name: undefined };
  }
  if (one.kind !== 'decorator' || other.kind !== 'decorator') return one;
  const [name, second] = [one, other].map(({ args }) => args.named.get('name'));
  if (name === second || (name && second && isSameWord(name, second))) return one;
  const named = new Map(one.args.named);
  named.delete('name');
  return { kind: 'decorator', args: { ...one.args, named, isOpen: true } };
}

const isSameWord = (one: Result, other: Result): boolean =>
  one.kind === other.kind &&
  (one.kind !== 'string' || (other.kind === 'string' && one.text === other.text));
