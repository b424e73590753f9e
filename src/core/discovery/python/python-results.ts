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
  /** Any number of `item`, in a dictionary each with a `key`. */
  | { readonly kind: 'each'; readonly item: Result; readonly key?: Result }
  /** One of several things of which a service can be made in the same way. */
  | { readonly kind: 'several'; readonly options: readonly Result[] }
  | ClassResult
  | {
      readonly kind: 'function';
      readonly definition: PythonFunction;
      readonly frame: Frame | undefined;
    }
  | { readonly kind: 'partial'; readonly callee: Result; readonly args: Arguments }
  | InstanceResult
  /** What `@classmethod` makes of a function. */
  | { readonly kind: 'class-method'; readonly function: Result }
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
/** More of one thing are data. */
const optionsLimit = 8;

/** What a string says; an empty one says nothing. */
export const textOf = (result: Result | undefined): string | undefined =>
  result?.kind === 'string' && result.text !== '' ? result.text : undefined;

export const joined = (some: Arguments, more: Arguments): Arguments => ({
  positional: [...some.positional, ...more.positional],
  named: new Map([...some.named, ...more.named]),
  isOpen: some.isOpen || more.isOpen,
});

/**
 * What a name is that may be one of several things. A service, or what makes one, comes before everything that stands
 * in for it where BentoML is missing; its name is sure only where all say the same.
 */
export function oneOf(results: readonly Result[]): Result {
  const known = results.filter(({ kind }) => kind !== 'unknown');
  const isOpen = known.length < results.length;
  const best = Math.max(...known.map(rank), 0);
  const group = distinct(known.filter((result) => rank(result) === best));
  const [first, ...others] = group;
  if (first === undefined) {
    return results.find((result) => result.kind === 'unknown' && result.service) ?? nothing;
  }
  if (first.kind === 'service') {
    const merged = group.reduce(withoutName);
    return isOpen ? { ...(merged as ServiceResult), name: undefined } : merged;
  }
  if (group.every(({ kind }) => kind === 'decorator')) return group.reduce(withoutName);
  if (
    group.every(isWord) &&
    (isOpen || others.length > 0 || known.some((result) => !isWord(result)))
  )
    return nothing;
  const options = isOpen ? [...group, nothing] : group;
  if (options.length === 1) return first;
  return options.length > optionsLimit ? nothing : { kind: 'several', options };
}

function rank(result: Result): number {
  if (result.kind === 'external') return /^_?bentoml/.test(result.path) ? 2 : 1;
  if (result.kind === 'partial') return Math.max(rank(result.callee), 1);
  return ranks[result.kind] ?? 1;
}

const ranks: Readonly<Partial<Record<Result['kind'], number>>> = {
  service: 3,
  decorator: 2,
  none: 0.5,
};

const isWord = ({ kind }: Result): boolean => kind === 'string' || kind === 'none';

/** Each of them once; those of `several` one by one. */
function distinct(results: readonly Result[]): readonly Result[] {
  const found = new Map<unknown, Result>();
  for (const result of results.flatMap((one) => (one.kind === 'several' ? one.options : [one]))) {
    found.set(identity(result), result);
  }
  return [...found.values()];
}

function identity(result: Result): unknown {
  if (result.kind === 'external') return `external ${result.path}`;
  if (result.kind === 'string') return `string ${result.text}`;
  if (result.kind === 'none') return 'none';
  if (result.kind === 'class' && result.frame === undefined) return result.definition;
  if (result.kind === 'function' && result.frame === undefined) return result.definition;
  return result;
}

/** One of two of a kind: its name is sure only if the other has the same. */
function withoutName(one: Result, other: Result): Result {
  if (one.kind === 'service' && other.kind === 'service') {
    return one.name === other.name ? one : { ...one, name: undefined };
  }
  if (one.kind !== 'decorator' || other.kind !== 'decorator') return one;
  const [name, second] = [one, other].map(({ args }) => args.named.get('name'));
  if (name === second || (name && second && identity(name) === identity(second))) return one;
  const named = new Map(one.args.named);
  named.delete('name');
  return { kind: 'decorator', args: { ...one.args, named, isOpen: true } };
}
