import { holdsWhenImported } from './python-conditions';
import type { Argument, Expression, Loop, Parameter } from './python-expressions';
import type { PythonModule } from './python-values';
import type { Token } from './python-tokens';
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
  'enumerate',
  'filter',
  'getattr',
  'iter',
  'list',
  'map',
  'next',
  'object',
  'property',
  'reversed',
  'sorted',
  'staticmethod',
  'tuple',
  'zip',
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
  /** Names that inner functions assign (`global`, `nonlocal`). */
  readonly #changedInside = new Set<string>();

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
        : eitherOf(value, before);
    this.names.set(name, both);
  }

  /** Binds what a loop gives to its targets. */
  setTargets({ targets, of }: Loop, isOnlyWay: boolean): void {
    const element = elementOf(this.valueOf(of));
    for (const { name, path } of targets) {
      this.set(name, path === undefined ? unknown : itemAt(element, path), isOnlyWay);
    }
  }

  /** A name of this scope whose value a statement changes in a way that cannot be read. */
  setUncertain(name: string, isOnlyWay = false): void {
    const before = this.names.get(name);
    if (before === undefined || before === unknown) return;
    this.set(name, isOnlyWay ? unknown : eitherOf(before, unknown), true);
  }

  /** Notes that an inner function assigns a name of the nearest scope around it, or of the module, that has it. */
  noteInnerAssignment(name: string, isGlobal: boolean): void {
    const outer = this.#outer;
    if (outer === undefined) return;
    if (outer.isModule || (!isGlobal && outer.names.has(name))) outer.#changedInside.add(name);
    else outer.noteInnerAssignment(name, isGlobal);
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
      case 'conditional': {
        const holds = this.holds(expression.condition);
        if (holds === true) return this.valueOf(expression.then);
        const otherwise = this.valueOf(expression.otherwise);
        return holds === false ? otherwise : eitherOf(this.valueOf(expression.then), otherwise);
      }
      case 'comprehension': {
        const scope = new PythonScope(this.module, {}, this);
        for (const loop of expression.loops) scope.setTargets(loop, true);
        const value = scope.valueOf(expression.element);
        if (expression.key === undefined) return valueOf({ kind: 'each', value }, [value]);
        const key = scope.valueOf(expression.key);
        return valueOf({ kind: 'each', value, key }, [value, key]);
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

  /** Whether a condition holds when the module is imported to be served, where that is sure. */
  holds(tokens: readonly Token[]): boolean | undefined {
    return holdsWhenImported(tokens, {
      pathOf: (name) => this.pathOf(name),
      truthOf: (name) => (this.module.isDynamic ? undefined : this.truthOf(name)),
    });
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
    const own = this.isModule ? undefined : (this.#own(name) ?? this.#enclosing(name));
    if (own !== undefined) return own;
    if (name === 'None') return none;
    const late = valueOf({ kind: 'global', module: this.module, name });
    if (this.#isLate) return late;
    const found = this.#root.#own(name);
    if (found !== undefined) return found;
    if (builtins.has(name)) return valueOf({ kind: 'external', path: `builtins.${name}` });
    // A class may name what is still below it while its file is being written.
    return this.module.stars.length > 0 || this.class !== undefined ? late : unknown;
  }

  /** The name in a function around this scope. */
  #enclosing(name: string): Value | undefined {
    const outer = this.#outer;
    if (outer === undefined || outer.isModule) return undefined;
    const found = outer.class === undefined ? outer.#own(name) : undefined;
    return found ?? outer.#enclosing(name);
  }

  /** What a name of this scope is, as far as its own statements tell. */
  #own(name: string): Value | undefined {
    const found = this.names.get(name);
    return found !== undefined && this.#changedInside.has(name) ? eitherOf(found, unknown) : found;
  }

  get #root(): PythonScope {
    return this.#outer === undefined ? this : this.#outer.#root;
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

export const itemAt = (object: Value, path: readonly number[]): Value =>
  path.reduce<Value>((at, index) => item(at, index), object);

export const elementOf = (object: Value): Value =>
  object.kind === 'unknown' ? unknown : valueOf({ kind: 'element', object }, [object]);

export const eitherOf = (one: Value, other: Value): Value =>
  valueOf({ kind: 'choice', options: [one, other] }, [one, other]);

export const changedBy = (object: Value, added: Value): Value =>
  valueOf({ kind: 'changed', object, added }, [object, added]);

export function call(callee: Value, args: readonly ValueArgument[], decorates: boolean): Value {
  const parts = partsOf(args);
  if (callee.kind === 'unknown' && !parts.some(({ kind }) => kind !== 'unknown')) return unknown;
  return valueOf({ kind: 'call', callee, args, decorates }, [callee, ...parts]);
}

const partsOf = (args: readonly ValueArgument[]): readonly Value[] =>
  args.map(({ value }) => value);
