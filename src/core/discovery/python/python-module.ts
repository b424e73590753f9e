import { assignment, assignments, indexOfEquals } from './python-assignments';
import {
  parseArguments,
  parseExpression,
  parseLast,
  parseLoop,
  parseParameters,
} from './python-expressions';
import { readImport } from './python-imports';
import { mutationOf } from './python-mutations';
import { isNamespace, namespaceWrites } from './python-namespace';
import { call, changedBy, elementOf, functionValue, itemAt, PythonScope } from './python-scope';
import { textsOf } from './python-texts';
import { PythonLines, type LogicalLine, type Token } from './python-tokens';
import {
  sizeLimit,
  unknown,
  valueOf,
  type PythonClass,
  type Value,
  type PythonModule,
} from './python-values';

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
/** Tokens of `a += b`. */
const shortestChange = 3;
/** Functions and classes in each other. */
const scopesLimit = 12;

interface Block {
  readonly indent: number;
  /** Its statements may run many times. */
  readonly isLoop?: true;
  /** Absent for what is not read: it never runs when the module is imported, or is in too many others. */
  readonly scope?: PythonScope;
  /** The indentation of its first line. */
  body?: number;
  /** Of a function: its name, and the names of the module that it assigns. */
  readonly name?: string;
  readonly global?: Set<string>;
}

/** What gives something new a name; other values are things that have one. */
const makes: ReadonlySet<Value['kind']> = new Set([
  'attribute',
  'call',
  'choice',
  'class',
  'element',
  'item',
]);
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
  /** Other names of `globals()`. */
  readonly #namespaces = new Set<string>();
  #decorators: Value[] = [];

  constructor(file: string, text: string) {
    this.module = {
      ...{ file, names: new Map(), stars: [], others: new Set(), unnamed: [] },
      isDynamic: false,
    };
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
      this.#readWalruses(tokens, line);
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
    if (isCondition) runs = scope.holds(tokens.slice(1, colon));
    const isOther = word === 'elif' || word === 'else';
    if (isOther && this.#decided.get(line.indent) === true) runs = false;
    if (!isOther) this.#decided.set(line.indent, false);
    if (branches.has(word) && word !== 'else' && runs === true)
      this.#decided.set(line.indent, true);
    const rest = tokens.slice(colon + 1);
    if (runs !== false) {
      this.#readWalruses(tokens.slice(1, colon), line);
      this.#noteCalls(tokens);
      this.#readTargets(word, tokens.slice(0, colon), line);
    }
    const isLoop = word === 'for' || word === 'while';
    if (runs === false) this.#blocks.push({ indent: line.indent });
    else if (rest.length > 0) this.#readBranch(rest, line);
    else if (isLoop) this.#blocks.push({ indent: line.indent, scope, isLoop });
  }

  /** The names that the head of a statement binds: of `for`, `with … as`, `except … as` and `case`. */
  #readTargets(word: string, tokens: readonly Token[], line: LogicalLine): void {
    if (word === 'for') {
      const { targets, of } = parseLoop(tokens, 1);
      const element = elementOf(this.#current.valueOf(of));
      for (const { name, path } of targets) {
        const value = path === undefined ? unknown : itemAt(element, path);
        this.#bind(name, value, line, false);
      }
      return;
    }
    for (const [index, { kind, text }] of tokens.entries()) {
      if (index === 0 || kind !== 'name') continue;
      const before = tokens[index - 1]?.text;
      const isBound =
        word === 'case' ? before !== '.' : before === 'as' || before === ',' || before === '(';
      if (isBound && (word === 'case' || word === 'with' || word === 'except')) {
        this.#current.setUncertain(text);
      }
    }
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
      hasMetaclass: bases.some((base) => base.name !== undefined || base.unpacks !== undefined),
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
          scope.noteInnerAssignment(text, true);
        }
        return;
      case 'nonlocal':
        for (const { kind, text } of tokens.slice(1)) {
          if (kind === 'name') scope.noteInnerAssignment(text, false);
        }
        return;
      case 'del':
        this.#readDeletion(tokens.slice(1), isOnlyWay);
        return;
    }
    this.#readWalruses(tokens, line);
    this.#readAttribute(tokens);
    if (scope.isModule && this.#readNamespace(tokens, line, isOnlyWay)) return;
    this.#readMutation(tokens, isOnlyWay);
    const assigned = assignment(tokens);
    const [target, ...others] = assigned?.targets ?? [];
    if (assigned === undefined || target === undefined) {
      if (scope.isModule && tokens.some(isBinding)) this.#noteOthers(tokens);
      const each = assignments(tokens).map(
        ([name, value, path]) => [name, path && itemAt(scope.valueOf(value), path)] as const,
      );
      for (const [name, value] of each) this.#bind(name, value ?? unknown, line, isOnlyWay);
      // It may be `name |= value`.
      if (scope.isModule && first?.kind === 'name') scope.setTruth(first.text, undefined);
      return;
    }
    if (scope.isModule && isNamespace(assigned.value)) this.#namespaces.add(target);
    this.#bind(target, scope.valueOf(assigned.value), line, isOnlyWay);
    const bound = scope.names.get(target);
    for (const name of others) if (bound !== undefined) scope.set(name, bound, isOnlyWay);
    if (!scope.isModule || !isOnlyWay || tokens.length > conditionLimit) return;
    const truth = scope.holds(tokens.slice(assigned.start));
    for (const name of assigned.targets) {
      scope.setTruth(name, this.#global.has(name) ? undefined : truth);
    }
  }

  /** `del name` on one of two ways leaves the name on the other. */
  #readDeletion(tokens: readonly Token[], isOnlyWay: boolean): void {
    const scope = this.#current;
    const isPart = tokens.some(({ text }) => text === '[' || text === '.');
    for (const { kind, text } of tokens) {
      if (kind !== 'name') continue;
      const before = scope.names.get(text);
      if (isPart && before !== undefined) scope.set(text, changedBy(before, unknown), true);
      else if (!isPart && isOnlyWay) scope.delete(text);
    }
  }

  /** A statement that changes what a name has, such as `options["name"] = "x"`. */
  #readMutation(tokens: readonly Token[], isOnlyWay: boolean): void {
    const mutation = tokens.length < shortestChange ? undefined : mutationOf(tokens);
    if (mutation === undefined) return;
    const scope = this.#current;
    const { kind, name } = mutation;
    const before = scope.names.get(name);
    if (before === undefined || before === unknown) {
      // A function changes what the module has.
      if (scope.function !== undefined) scope.noteInnerAssignment(name, true);
    } else if (kind === 'unknown') {
      scope.setUncertain(name);
    } else if (kind === 'entry') {
      const entries = [
        { value: before, unpacks: 'dict' as const },
        { name: mutation.key, value: scope.valueOf(mutation.value) },
      ];
      const parts = entries.map(({ value }) => value);
      scope.set(name, valueOf({ kind: 'dict', entries }, parts), isOnlyWay);
    } else {
      const added = mutation.added === undefined ? unknown : scope.valueOf(mutation.added);
      scope.set(name, changedBy(before, added), isOnlyWay);
    }
  }

  /** `globals()["svc"] = …` and the like; whether it is such a statement. */
  #readNamespace(tokens: readonly Token[], line: LogicalLine, isOnlyWay: boolean): boolean {
    const scope = this.#current;
    if (tokens.length < shortestChange) return false;
    const writes = namespaceWrites(tokens, this.#namespaces);
    for (const { key, value } of writes) {
      const bound = scope.valueOf(value);
      const names = textsOf(scope.valueOf(key));
      const isInLoop = this.#blocks.some(({ isLoop }) => isLoop);
      for (const name of names ?? []) {
        this.#bind(name, bound, line, isOnlyWay && names?.length === 1);
      }
      if (names === undefined && !isInLoop && this.module.unnamed.length < sizeLimit) {
        this.module.unnamed.push({ value: bound, line: line.line });
      }
    }
    return writes.length > 0;
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
