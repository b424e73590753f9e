import { holdsWhenImported } from './python-conditions';
import {
  parseArguments,
  parseExpression,
  parseExpressions,
  parseLast,
  parseParameters,
  type Expression,
} from './python-expressions';
import { readImport } from './python-imports';
import { call, functionValue, item, PythonScope } from './python-scope';
import { PythonLines, type LogicalLine, type Token } from './python-tokens';
import { sizeLimit, unknown, valueOf, type PythonClass, type Value } from './python-values';

/** What a Python source defines at its top level, found without running it. */
export interface PythonModule {
  readonly file: string;
  readonly names: Map<string, Value>;
  /** The modules of `from … import *`. */
  readonly stars: string[];
  /** Other names that it may have: of loops, of several targets at once, of `global`. */
  readonly others: Set<string>;
  /** It may have names that cannot be read: it makes them as in `globals()[name] = …`, or its syntax is broken. */
  isDynamic: boolean;
}

/** Reads a source. Never throws; linear in time. */
export function readPythonModule(file: string, text: string): PythonModule {
  const reader = new ModuleReader(file, text);
  while (reader.read(linesAtOnce));
  return reader.module;
}

/** The same in slices, for files of any size: `pause` is awaited between them. */
export async function readPythonModuleInSlices(
  file: string,
  text: string,
  pause: () => Promise<void>,
): Promise<PythonModule> {
  const reader = new ModuleReader(file, text);
  while (reader.read(linesAtOnce)) await pause();
  return reader.module;
}

/** A slice of a millisecond or two. */
const linesAtOnce = 500;
/** Longer conditions are none that people give a name. */
const conditionLimit = 50;
/** Functions and classes in each other. */
const scopesLimit = 12;

interface Block {
  readonly indent: number;
  /** Absent for what is not read: it never runs when the module is imported, or is in too many others. */
  readonly scope?: PythonScope;
  /** The indentation of its first line. */
  body?: number;
  /** Of a function: its name, and the names of the module that it assigns. */
  readonly name?: string;
  readonly global?: Set<string>;
}

/** What gives something new a name; other values are things that have one. */
const makes: ReadonlySet<Value['kind']> = new Set(['attribute', 'call', 'choice', 'class', 'item']);
const branches: ReadonlySet<string> = new Set(['if', 'elif', 'else']);
const dynamicNames: ReadonlySet<string> = new Set([
  '__dict__',
  '__getattr__',
  'eval',
  'exec',
  'globals',
  'locals',
  'modules',
  'setattr',
  'vars',
]);
/** Words that begin a block whose statements are the scope's own. */
const headers: ReadonlySet<string> = new Set([
  ...branches,
  'case',
  'except',
  'finally',
  'for',
  'match',
  'try',
  'while',
  'with',
]);

class ModuleReader {
  readonly module: PythonModule;
  readonly #lines: PythonLines;
  readonly #scope: PythonScope;
  readonly #blocks: Block[] = [];
  /** By indentation: whether a branch before this one always runs. */
  readonly #decided = new Map<number, boolean>();
  /** Names that functions may change. */
  readonly #global = new Set<string>();
  /** What functions assign to them, once they are called. */
  readonly #late: { function: string; name: string; value: Value; line: LogicalLine }[] = [];
  readonly #called = new Set<string>();
  #decorators: Value[] = [];

  constructor(file: string, text: string) {
    this.module = { file, names: new Map(), stars: [], others: new Set(), isDynamic: false };
    this.#scope = new PythonScope(this.module);
    this.#lines = new PythonLines(text);
  }

  /** Reads that many lines; false at the end. */
  read(count: number): boolean {
    for (let read = 0; read < count; read++) {
      const line = this.#lines.next((indent) => this.#enter(indent));
      if (line === 'unfinished') return true;
      if (line === undefined) {
        if (this.#lines.isBroken) this.module.isDynamic = true;
        this.#bindLate();
        return false;
      }
      if (line.tokens.length > 0) this.#readLine(line.tokens, line);
    }
    return true;
  }

  /** Leaves the blocks that end before a line with this indentation; whether the line is to be read. */
  #enter(indent: number): boolean {
    while ((this.#blocks.at(-1)?.indent ?? -1) >= indent) this.#blocks.pop();
    const block = this.#blocks.at(-1);
    if (block === undefined) return true;
    block.body ??= indent;
    return block.scope !== undefined;
  }

  get #current(): PythonScope {
    return this.#blocks.at(-1)?.scope ?? this.#scope;
  }

  #isOnlyWay({ indent }: LogicalLine): boolean {
    return indent === (this.#blocks.at(-1)?.body ?? 0);
  }

  #readLine(tokens: readonly Token[], line: LogicalLine): void {
    const [first, second] = tokens;
    if (first?.text === '@') {
      this.#decorators.push(this.#current.valueOf(parseExpression(tokens, 1)));
      return;
    }
    const decorators = this.#decorators;
    this.#decorators = [];
    if (tokens.some(({ kind, text }) => kind === 'name' && dynamicNames.has(text))) {
      this.module.isDynamic = true;
    }
    const isHeader = first?.kind === 'name' && headers.has(first.text) && !isAssigned(second);
    if (!isHeader) this.#noteCalls(tokens);
    if (first?.text === 'class' && second?.kind === 'name') {
      this.#readClass(tokens, line, decorators);
    } else if (first?.text === 'def' && second?.kind === 'name') {
      this.#readFunction(tokens, line, decorators, false);
    } else if (first?.text === 'async') {
      if (second?.text === 'def') this.#readFunction(tokens.slice(1), line, decorators, true);
      else {
        const start = tokens.findIndex(({ text }) => text !== 'async');
        if (start > 0) this.#readLine(tokens.slice(start), line);
      }
    } else if (isHeader) {
      this.#readHeader(first.text, tokens, line);
    } else {
      for (const statement of statements(tokens)) this.#readStatement(statement, line);
    }
  }

  #readHeader(word: string, tokens: readonly Token[], line: LogicalLine): void {
    const colon = colonOf(tokens);
    if (colon < 0) return;
    const scope = this.#current;
    const isCondition = word === 'if' || word === 'elif' || word === 'while';
    if (scope.isModule) this.#noteOthers(tokens.slice(1, colon), !isCondition);
    let runs: boolean | undefined;
    if (isCondition) runs = this.#holds(tokens.slice(1, colon));
    const isOther = word === 'elif' || word === 'else';
    if (isOther && this.#decided.get(line.indent) === true) runs = false;
    if (!isOther) this.#decided.set(line.indent, false);
    if (branches.has(word) && word !== 'else' && runs === true)
      this.#decided.set(line.indent, true);
    const rest = tokens.slice(colon + 1);
    if (runs !== false) {
      this.#readWalruses(tokens.slice(1, colon), line);
      this.#noteCalls(tokens);
    }
    if (runs === false) this.#blocks.push({ indent: line.indent });
    else if (rest.length > 0) this.#readBranch(rest, line);
  }

  /** `if x: a = 1`: one of two ways, though it is not indented. */
  #readBranch(tokens: readonly Token[], line: LogicalLine): void {
    for (const statement of statements(tokens)) this.#readStatement(statement, line, false);
  }

  #readClass(tokens: readonly Token[], line: LogicalLine, decorators: readonly Value[]): void {
    const name = tokens[1]?.text ?? '';
    const outer = this.#current;
    const bases = tokens[2]?.text === '(' ? parseArguments(tokens, 2) : [];
    const definition: PythonClass = {
      name,
      bases: bases.flatMap((base) => (base.name === undefined ? [outer.valueOf(base.value)] : [])),
      members: new Map(),
      hasConstructor: false,
    };
    const value = decorated(valueOf({ kind: 'class', definition }, definition.bases), decorators);
    this.#bind(name, value, line, this.#isOnlyWay(line));
    this.#open(name, { class: definition }, tokens, line, outer);
  }

  #readFunction(
    tokens: readonly Token[],
    line: LogicalLine,
    decorators: readonly Value[],
    isAsync: boolean,
  ): void {
    const name = tokens[1]?.text ?? '';
    const outer = this.#current;
    const brackets = tokens.findIndex(({ text }) => text === '(');
    const { parameters } = parseParameters(tokens, brackets < 0 ? tokens.length : brackets + 1);
    const definition = outer.function_(parameters, isAsync);
    if (outer.class !== undefined && (name === '__init__' || name === '__new__')) {
      outer.class.hasConstructor = true;
    }
    const value = decorated(functionValue(definition), decorators);
    outer.set(name, value, this.#isOnlyWay(line));
    this.#open(name, { function: definition }, tokens, line, outer);
  }

  /** Goes into the body of a function or class, which may be on the same line. */
  #open(
    name: string,
    of: ConstructorParameters<typeof PythonScope>[1],
    tokens: readonly Token[],
    line: LogicalLine,
    outer: PythonScope,
  ): void {
    const isDeep = this.#blocks.length >= scopesLimit;
    const scope = isDeep ? undefined : new PythonScope(this.module, of, outer);
    const block: Block = {
      indent: line.indent,
      ...(scope === undefined ? {} : { scope }),
      ...(of?.function === undefined ? {} : { name, global: new Set<string>() }),
    };
    this.#blocks.push(block);
    const colon = colonOf(tokens);
    const rest = colon < 0 ? [] : tokens.slice(colon + 1);
    if (rest.length === 0 || isDeep) return;
    block.body = line.indent;
    for (const statement of statements(rest)) this.#readStatement(statement, line);
  }

  #readStatement(
    tokens: readonly Token[],
    line: LogicalLine,
    isOnlyWay = this.#isOnlyWay(line),
  ): void {
    const scope = this.#current;
    const [first, second] = tokens;
    switch (first?.kind === 'name' && !isAssigned(second) ? first.text : '') {
      case 'import':
      case 'from':
        readImport(tokens, scope, isOnlyWay);
        return;
      case 'return':
        scope.function?.returns.push(scope.valueOf(parseLast(tokens, 1)));
        return;
      case 'yield':
        if (scope.function !== undefined) scope.function.isDeferred = true;
        return;
      case 'global':
        this.#noteOthers(tokens.slice(1));
        for (const { kind, text } of tokens.slice(1)) {
          if (kind !== 'name') continue;
          this.#global.add(text);
          this.#blocks.at(-1)?.global?.add(text);
        }
        return;
      case 'del':
        for (const { kind, text } of tokens.slice(1)) if (kind === 'name') scope.delete(text);
        return;
    }
    this.#readWalruses(tokens, line);
    this.#readAttribute(tokens);
    const assigned = assignment(tokens);
    const [target, ...others] = assigned?.targets ?? [];
    if (assigned === undefined || target === undefined) {
      if (scope.isModule && tokens.some(isBinding)) this.#noteOthers(tokens);
      const each = assignments(tokens).map(
        ([name, value, index]) =>
          [
            name,
            index === undefined ? scope.valueOf(value) : item(scope.valueOf(value), index),
          ] as const,
      );
      for (const [name, value] of each) this.#bind(name, value, line, isOnlyWay);
      // It may be `name |= value`.
      if (scope.isModule && first?.kind === 'name') scope.setTruth(first.text, undefined);
      return;
    }
    this.#bind(target, scope.valueOf(assigned.value), line, isOnlyWay);
    const bound = scope.names.get(target);
    for (const name of others) if (bound !== undefined) scope.set(name, bound, isOnlyWay);
    if (!scope.isModule || !isOnlyWay || tokens.length > conditionLimit) return;
    const truth = this.#holds(tokens.slice(assigned.start));
    for (const name of assigned.targets) {
      scope.setTruth(name, this.#global.has(name) ? undefined : truth);
    }
  }

  /** `(name := value)`, at any place in a statement. */
  #readWalruses(tokens: readonly Token[], line: LogicalLine): void {
    for (const [index, { kind, text }] of tokens.entries()) {
      const name = tokens[index - 1];
      if (kind !== 'operator' || text !== ':=' || name?.kind !== 'name') continue;
      const value = this.#current.valueOf(parseExpression(tokens, index + 1));
      this.#bind(name.text, value, line, this.#isOnlyWay(line));
    }
  }

  /** `self.name = value` in a method. */
  #readAttribute(tokens: readonly Token[]): void {
    const { function: method } = this.#current;
    const [self, dot, name, sign] = tokens;
    if (method === undefined || dot?.text !== '.' || name?.kind !== 'name') return;
    if (self?.text !== method.parameters[0]?.name || method.sets.size >= sizeLimit) return;
    const equals = sign?.text === ':' ? indexOfEquals(tokens) : 3;
    if (tokens[equals]?.text !== '=') return;
    method.sets.set(name.text, this.#current.valueOf(parseExpression(tokens, equals + 1)));
  }

  /** Whether a condition holds when the module is imported to be served, where that is sure. */
  #holds(tokens: readonly Token[]): boolean | undefined {
    const scope = this.#current;
    return holdsWhenImported(tokens, {
      pathOf: (name) => scope.pathOf(name),
      truthOf: (name) => (this.module.isDynamic ? undefined : scope.truthOf(name)),
    });
  }

  /** Names that the module may have besides; `binds`: they are bound here. */
  #noteOthers(tokens: readonly Token[], binds = true): void {
    const changes = binds || tokens.some(isBinding);
    for (const { kind, text } of tokens) {
      if (kind !== 'name') continue;
      this.module.others.add(text);
      if (changes) this.#scope.setTruth(text, undefined);
    }
  }

  /** Names before `(`, but those of definitions. */
  #noteCalls(tokens: readonly Token[]): void {
    for (const [index, { kind, text }] of tokens.entries()) {
      const [before, name] = [tokens[index - 2], tokens[index - 1]];
      if (kind !== 'operator' || text !== '(' || name?.kind !== 'name') continue;
      if (before?.text !== 'def' && before?.text !== 'class') this.#called.add(name.text);
    }
  }

  /** What functions that are called have assigned to names of the module. */
  #bindLate(): void {
    this.#blocks.length = 0;
    for (const { function: name, name: target, value, line } of this.#late) {
      if (this.#called.has(name)) this.#bind(target, value, line, false);
    }
  }

  #bind(name: string, value: Value, line: LogicalLine, isOnlyWay: boolean): void {
    const scope = this.#current;
    const block = this.#blocks.findLast(({ global }) => global !== undefined);
    if (block?.global?.has(name) === true && this.#late.length < sizeLimit) {
      this.#late.push({ function: block.name ?? '', name, value, line });
    }
    const bound =
      scope.isModule && makes.has(value.kind)
        ? valueOf(
            {
              kind: 'defined',
              file: this.module.file,
              attribute: name,
              line: line.line,
              value,
            },
            [value],
          )
        : value;
    // What a class assigns is needed only where it may be a dependency.
    if (scope.class === undefined || bound !== unknown) scope.set(name, bound, isOnlyWay);
  }
}

/** The nearest decorator is applied first. */
const decorated = (value: Value, decorators: readonly Value[]): Value =>
  decorators.reduceRight((inner, decorator) => call(decorator, [{ value: inner }], true), value);

const isAssigned = (token: Token | undefined): boolean =>
  token?.kind === 'operator' && token.text === '=';

const isBinding = ({ kind, text }: Token): boolean =>
  kind === 'operator' && (text === '=' || text === ':=');

/** The colon that ends the head of a compound statement. */
function colonOf(tokens: readonly Token[]): number {
  let open = 0;
  let lambdas = 0;
  return tokens.findIndex(({ kind, text }) => {
    if (kind === 'name' && text === 'lambda') lambdas++;
    if (kind !== 'operator') return false;
    if ('([{'.includes(text)) open++;
    else if (')]}'.includes(text)) open--;
    return text === ':' && open === 0 && lambdas-- <= 0;
  });
}

/** The statements of a line, which `;` parts. */
function* statements(tokens: readonly Token[]): Generator<readonly Token[]> {
  let start = 0;
  for (let end = 0; end <= tokens.length; end++) {
    const token = tokens[end];
    if (token !== undefined && !(token.kind === 'operator' && token.text === ';')) continue;
    if (end > start) yield tokens.slice(start, end);
    start = end + 1;
  }
}

/** `target = value`, `target: annotation = value`, `one = other = value`. */
function assignment(
  tokens: readonly Token[],
): { targets: readonly string[]; start: number; value: Expression } | undefined {
  const [target, sign] = tokens;
  if (target?.kind !== 'name' || sign?.kind !== 'operator') return undefined;
  if (sign.text !== '=' && sign.text !== ':') return undefined;
  let equals = sign.text === '=' ? 1 : indexOfEquals(tokens);
  if (equals < 0) return undefined;
  const targets = [target.text];
  for (;;) {
    const [next, after] = [tokens[equals + 1], tokens[equals + 2]];
    if (next?.kind !== 'name' || after?.text !== '=') break;
    targets.push(next.text);
    equals += 2;
  }
  return { targets, start: equals + 1, value: parseLast(tokens, equals + 1) };
}

/** `one, other = value, another`: each with its own; `one, other = value`: each with an item of it. */
function assignments(
  tokens: readonly Token[],
): readonly (readonly [name: string, value: Expression, item?: number])[] {
  const equals = tokens.findIndex(({ kind, text }, index) =>
    index % 2 === 0 ? kind !== 'name' : text !== ',',
  );
  if (equals < 3 || tokens[equals]?.text !== '=') return [];
  // `a, b = c, d = …`
  if (indexOfEquals(tokens.slice(equals + 1)) >= 0) return [];
  const targets = tokens.slice(0, equals).filter((_, index) => index % 2 === 0);
  const items = parseExpressions(tokens, equals + 1);
  const [only] = items;
  const values = items.length === 1 && only?.kind === 'list' ? only.items : items;
  if (items.length === 1 && only !== undefined && only.kind !== 'list') {
    return targets.map(({ text }, index) => [text, only, index]);
  }
  if (values.length !== targets.length) return [];
  return targets.map(({ text }, index) => [text, values[index] as Expression]);
}

function indexOfEquals(tokens: readonly Token[]): number {
  let depth = 0;
  return tokens.findIndex(({ kind, text }) => {
    if (kind !== 'operator') return false;
    if ('([{'.includes(text)) depth++;
    else if (')]}'.includes(text)) depth--;
    return depth === 0 && text === '=';
  });
}
