import type { Argument, Expression, Parameter } from './python-expressions';
import type { PythonModule } from './python-module';
import {
  none,
  sizeLimit,
  unknown,
  valueOf,
  type PythonClass,
  type PythonFunction,
  type Value,
  type ValueArgument,
} from './python-values';

/** Functions of Python itself that discovery understands. */
const builtins: ReadonlySet<string> = new Set([
  'classmethod',
  'dict',
  'getattr',
  'property',
  'staticmethod',
]);

/** The names of a module, of a function or of the body of a class, while its statements are read. */
export class PythonScope {
  readonly names: Map<string, Value>;
  readonly module: PythonModule;
  readonly function?: PythonFunction;
  readonly class?: PythonClass;
  readonly #outer: PythonScope | undefined;
  /** Whether its own names are true when the module is imported, where their values say so. */
  readonly #truths = new Map<string, boolean>();

  constructor(
    module: PythonModule,
    of: { readonly function?: PythonFunction; readonly class?: PythonClass } = {},
    outer?: PythonScope,
  ) {
    this.module = module;
    this.#outer = outer;
    if (of.function !== undefined) this.function = of.function;
    if (of.class !== undefined) this.class = of.class;
    this.names =
      outer === undefined ? module.names : (of.class?.members ?? new Map<string, Value>());
    for (const { name } of of.function?.parameters ?? []) {
      this.names.set(name, valueOf({ kind: 'parameter', of: of.function as PythonFunction, name }));
    }
  }

  get isModule(): boolean {
    return this.#outer === undefined;
  }

  /** Binds a name; where the statement is one of two ways (`if`, `try`), what the name was is possible, too. */
  set(name: string, value: Value, isOnlyWay: boolean): void {
    this.#truths.delete(name);
    const before = this.names.get(name);
    const both =
      isOnlyWay || before === undefined || before === unknown || before === value
        ? value
        : valueOf({ kind: 'choice', options: [value, before] }, [value, before]);
    this.names.set(name, both);
  }

  /** `from module import *`. */
  addStar(star: string): void {
    const { stars } = this.module;
    this.#truths.clear();
    if (!this.isModule || stars.includes(star)) return;
    if (stars.length < sizeLimit) stars.push(star);
    else this.module.isDynamic = true;
  }

  delete(name: string): void {
    this.names.delete(name);
    this.#truths.delete(name);
  }

  /** Notes whether a name is true, or that this is not known any more. */
  setTruth(name: string, truth: boolean | undefined): void {
    if (truth === undefined) this.#truths.delete(name);
    else this.#truths.set(name, truth);
  }

  truthOf(name: string): boolean | undefined {
    return this.#truths.get(name);
  }

  /** The dotted path of a name of an installed package. */
  pathOf(name: string): string | undefined {
    const value = this.#lookup(name);
    if (value.kind === 'external') return value.path;
    if (value.kind !== 'imported') return undefined;
    return value.from.name === undefined
      ? value.from.module
      : `${value.from.module}.${value.from.name}`;
  }

  valueOf(expression: Expression): Value {
    switch (expression.kind) {
      case 'string':
        return expression.value === undefined
          ? unknown
          : valueOf({ kind: 'string', text: expression.value });
      case 'name':
        return this.#lookup(expression.name);
      case 'attribute':
        return attribute(this.valueOf(expression.object), expression.name);
      case 'call':
        if (expression.args.length > sizeLimit) return unknown;
        return call(this.valueOf(expression.callee), this.#arguments(expression.args), false);
      case 'item':
        return item(this.valueOf(expression.object), expression.key);
      case 'list': {
        if (expression.items.length > sizeLimit) return unknown;
        const items = expression.items.map((item) => this.valueOf(item));
        return valueOf({ kind: 'list', items }, items);
      }
      case 'dict': {
        if (expression.entries.length > sizeLimit) return unknown;
        const entries = this.#arguments(expression.entries);
        return valueOf({ kind: 'dict', entries }, partsOf(entries));
      }
      case 'choice': {
        if (expression.options.length > sizeLimit) return unknown;
        const options = expression.options.map((option) => this.valueOf(option));
        return valueOf({ kind: 'choice', options }, options);
      }
      case 'lambda': {
        const definition = this.function_(expression.parameters);
        const scope = new PythonScope(this.module, { function: definition }, this);
        definition.returns.push(scope.valueOf(expression.body));
        return functionValue(definition);
      }
      case 'other':
        return unknown;
    }
  }

  function_(parameters: readonly Parameter[], isDeferred = false): PythonFunction {
    if (parameters.length > sizeLimit) {
      return { parameters: [], returns: [], sets: new Map(), isDeferred: true };
    }
    return {
      parameters: parameters.map(({ name, default: given, collects }) => ({
        name,
        ...(given === undefined ? {} : { default: this.valueOf(given) }),
        ...(collects === undefined ? {} : { collects }),
      })),
      returns: [],
      sets: new Map(),
      isDeferred,
    };
  }

  #arguments(args: readonly Argument[]): readonly ValueArgument[] {
    return args.map(({ value, ...rest }) => ({ ...rest, value: this.valueOf(value) }));
  }

  /** As Python does: the names of a class are seen in its own body only, those of the module when they are needed. */
  #lookup(name: string): Value {
    const own = this.isModule ? undefined : (this.names.get(name) ?? this.#enclosing(name));
    if (own !== undefined) return own;
    if (name === 'None') return none;
    const late = valueOf({ kind: 'global', module: this.module, name });
    if (this.#isLate) return late;
    const found = this.module.names.get(name);
    if (found !== undefined) return found;
    if (builtins.has(name)) return valueOf({ kind: 'external', path: `builtins.${name}` });
    // A class may name what is still below it while its file is being written.
    return this.module.stars.length > 0 || this.class !== undefined ? late : unknown;
  }

  /** The name in a function around this scope. */
  #enclosing(name: string): Value | undefined {
    const outer = this.#outer;
    if (outer === undefined || outer.isModule) return undefined;
    const found = outer.class === undefined ? outer.names.get(name) : undefined;
    return found ?? outer.#enclosing(name);
  }

  /** Whether this code runs after the module's statements. */
  get #isLate(): boolean {
    return this.function !== undefined || (this.#outer !== undefined && this.#outer.#isLate);
  }
}

export const functionValue = (definition: PythonFunction): Value =>
  valueOf({ kind: 'function', definition }, definition.returns);

export function attribute(object: Value, name: string): Value {
  if (object.kind === 'external') {
    return valueOf({ kind: 'external', path: `${object.path}.${name}` }, [object]);
  }
  // Of a runner only the name counts, wherever its model comes from.
  if (object.kind === 'unknown' && name !== 'to_runner') return unknown;
  return valueOf({ kind: 'attribute', object, name }, [object]);
}

export const item = (object: Value, key: string | number | undefined): Value =>
  object.kind === 'unknown' ? unknown : valueOf({ kind: 'item', object, key }, [object]);

export function call(callee: Value, args: readonly ValueArgument[], decorates: boolean): Value {
  const parts = partsOf(args);
  if (callee.kind === 'unknown' && !parts.some(({ kind }) => kind !== 'unknown')) return unknown;
  return valueOf({ kind: 'call', callee, args, decorates }, [callee, ...parts]);
}

const partsOf = (args: readonly ValueArgument[]): readonly Value[] =>
  args.map(({ value }) => value);
