/** Where an imported name comes from: `from .ranker import Ranker as R` is Ranker of `.ranker`. */
export interface ImportedName {
  readonly module: string;
  /** Absent when the name is the module itself. */
  readonly name?: string;
}

/** What a Python source defines at its top level, found without running it. */
export interface PythonModule {
  readonly file: string;
  readonly names: Map<string, Value>;
  /** The modules of `from … import *`. */
  readonly stars: string[];
  /** Other names that it may have: of loops, of several targets at once, of `global`. */
  readonly others: Set<string>;
  /** What it gives a name that is not known: `globals()[name] = value`. */
  readonly unnamed: { readonly value: Value; readonly line: number }[];
  /** It may have names that cannot be read: it makes them as in `globals()[name] = …`, or its syntax is broken. */
  isDynamic: boolean;
}

/** What an expression of a module stands for, before other modules are looked at. */
export type Value =
  | { readonly kind: 'unknown' | 'none'; readonly depth: number }
  | { readonly kind: 'string'; readonly text: string; readonly depth: number }
  /** A thing of an installed package by its dotted name, such as `bentoml.Service`. */
  | { readonly kind: 'external'; readonly path: string; readonly depth: number }
  | {
      readonly kind: 'imported';
      readonly from: ImportedName;
      /** The file that imports it. */
      readonly file: string;
      readonly depth: number;
    }
  /** A global that a function uses, or that may come from `import *`: looked up when it is needed. */
  | {
      readonly kind: 'global';
      readonly module: PythonModule;
      readonly name: string;
      readonly depth: number;
    }
  | {
      readonly kind: 'attribute';
      readonly object: Value;
      readonly name: string;
      readonly depth: number;
    }
  | {
      readonly kind: 'call';
      readonly callee: Value;
      readonly args: readonly ValueArgument[];
      /** Written as `@callee`: one that is not known leaves what it decorates as it is. */
      readonly decorates: boolean;
      readonly depth: number;
    }
  /** `object[key]`; without a key where it is not known. */
  | {
      readonly kind: 'item';
      readonly object: Value;
      readonly key: string | number | undefined;
      readonly depth: number;
    }
  | { readonly kind: 'list'; readonly items: readonly Value[]; readonly depth: number }
  | { readonly kind: 'dict'; readonly entries: readonly ValueArgument[]; readonly depth: number }
  | { readonly kind: 'choice'; readonly options: readonly Value[]; readonly depth: number }
  /** What a loop gets of `object`: any of its items, or of its keys. */
  | { readonly kind: 'element'; readonly object: Value; readonly depth: number }
  /** What a comprehension makes: any number of `value`, in a dictionary each with a `key`. */
  | {
      readonly kind: 'each';
      readonly value: Value;
      readonly key?: Value;
      readonly depth: number;
    }
  /** A list or dictionary that a statement has changed: it may have `added`, too, and may lack what it had. */
  | {
      readonly kind: 'changed';
      readonly object: Value;
      readonly added: Value;
      readonly depth: number;
    }
  | { readonly kind: 'class'; readonly definition: PythonClass; readonly depth: number }
  | { readonly kind: 'function'; readonly definition: PythonFunction; readonly depth: number }
  | {
      readonly kind: 'parameter';
      readonly of: PythonFunction;
      readonly name: string;
      readonly depth: number;
    }
  /** What a module's own statement made; other names for it are this same value. */
  | {
      readonly kind: 'defined';
      readonly file: string;
      readonly attribute: string;
      readonly line: number;
      readonly value: Value;
      readonly depth: number;
    };

export interface ValueArgument {
  readonly name?: string;
  readonly value: Value;
  readonly unpacks?: 'list' | 'dict';
}

export interface PythonClass {
  readonly name: string;
  readonly bases: readonly Value[];
  /** What its body assigns, in its order, and its functions. */
  readonly members: Map<string, Value>;
  /** It makes its instances in its own way, so that their arguments say nothing of their names. */
  hasConstructor: boolean;
  readonly hasMetaclass: boolean;
}

export interface PythonFunction {
  readonly parameters: readonly {
    readonly name: string;
    readonly default?: Value;
    readonly collects?: 'list' | 'dict';
  }[];
  readonly returns: Value[];
  /** What it assigns to attributes of its first parameter, which is the instance in a method. */
  readonly sets: Map<string, Value>;
  /** A coroutine or a generator, or one that cannot be read: calling it gives nothing that can be served. */
  isDeferred: boolean;
}

type WithoutDepth<T> = T extends Value ? Omit<T, 'depth'> : never;

/** Deeper ones are no definitions that people write. It also bounds how deep evaluating them goes. */
const depthLimit = 50;

/** Items of a list, arguments, parameters: more of them are data and not known, so that each step costs little. */
export const sizeLimit = 200;

export const unknown: Value = { kind: 'unknown', depth: 0 };
export const none: Value = { kind: 'none', depth: 0 };

/** A value made of others. */
export function valueOf(value: WithoutDepth<Value>, parts: readonly Value[] = []): Value {
  let depth = 0;
  for (const part of parts) depth = Math.max(depth, part.depth);
  return depth >= depthLimit ? unknown : { ...value, depth: depth + 1 };
}
