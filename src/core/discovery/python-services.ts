import type { Generation } from '../model';
import { argument, parseExpression, type Argument, type Expression } from './python-expressions';
import { PythonNames } from './python-names';
import { PythonRunners } from './python-runners';
import { PythonLines, type LogicalLine, type Token } from './python-tokens';

/** A service that a Python file defines at its top level. */
export interface FoundService {
  /** The module's attribute, as in `service:svc`. */
  readonly attribute: string;
  /** What BentoML calls it, when that is a literal; otherwise the attribute. */
  readonly name: string;
  readonly generation: Generation;
  /** Zero-based. */
  readonly line: number;
  /** The services of its `bentoml.depends(X)`, in their order; only class services. */
  readonly depends: readonly Dependency[];
  /** Names of its runners, absent when the source alone does not tell them all; only legacy services. */
  readonly runners?: readonly string[];
}

export interface Dependency {
  /** The attribute in `module`, or in the same file. */
  readonly attribute: string;
  /** The module as it is imported, such as `.ranker`; absent when it is the same file. */
  readonly module?: string;
  /** It has an address of its own (`url=`, `deployment=`) and is not served with its dependent. */
  readonly remote: boolean;
}

/**
 * The services of a Python source, in their order, found without running it. Only what is certain:
 * definitions at the top level (also inside `if`, `try` and `with`), not in functions. Never throws; linear in time.
 */
export function pythonServices(text: string): FoundService[] {
  const reader = new ServiceReader(text);
  while (reader.read(linesAtOnce));
  return reader.services();
}

/** The same in slices, for files of any size: `pause` is awaited between them. */
export async function pythonServicesInSlices(
  text: string,
  pause: () => Promise<void>,
): Promise<FoundService[]> {
  const reader = new ServiceReader(text);
  while (reader.read(linesAtOnce)) await pause();
  return reader.services();
}

/** A slice of a millisecond or two. */
const linesAtOnce = 500;

interface Block {
  readonly indent: number;
  /** The class service whose body it is; a function or another class has none and is not read. */
  readonly service?: { readonly depends: Dependency[] };
}

class ServiceReader {
  readonly #names = new PythonNames();
  readonly #classes = new Set<string>();
  readonly #runners = new PythonRunners(this.#names, this.#classes);
  readonly #strings = new Map<string, string>();
  readonly #services = new Map<string, FoundService>();
  readonly #blocks: Block[] = [];
  #decorator: readonly Argument[] | undefined;

  readonly #lines: PythonLines;

  constructor(text: string) {
    this.#lines = new PythonLines(text);
  }

  /** Reads that many lines; false at the end. */
  read(count: number): boolean {
    for (let read = 0; read < count; read++) {
      const line = this.#lines.next((indent) => this.#wants(indent));
      if (line === undefined) return false;
      const body = this.#blocks.at(-1)?.service;
      if (line.tokens.length === 0) continue;
      if (body === undefined) this.#readTopLevel(line);
      else this.#readBody(line, body.depends);
    }
    return true;
  }

  services(): FoundService[] {
    return [...this.#services.values()].sort((a, b) => a.line - b.line);
  }

  /** Leaves the blocks that end before a line with this indentation. */
  #wants(indent: number): boolean {
    while ((this.#blocks.at(-1)?.indent ?? -1) >= indent) this.#blocks.pop();
    const block = this.#blocks.at(-1);
    return block === undefined || block.service !== undefined;
  }

  #readTopLevel(line: LogicalLine): void {
    const [first, second] = line.tokens;
    if (first?.text === '@') {
      this.#readDecorator(parseExpression(line.tokens, 1));
      return;
    }
    const decorator = this.#decorator;
    this.#decorator = undefined;
    if (first?.text === 'class' && second?.kind === 'name') {
      this.#readClass(second.text, line, decorator);
    } else if (isFunction(line.tokens)) {
      if (line.indent === 0 && second !== undefined) this.#names.forget(second.text);
      this.#blocks.push({ indent: line.indent });
    } else {
      for (const statement of statements(line.tokens)) this.#readStatement(statement, line);
    }
  }

  #readDecorator(expression: Expression): void {
    const isCall = expression.kind === 'call';
    const path = this.#names.resolve(isCall ? expression.callee : expression);
    if (path === 'bentoml.service') this.#decorator = isCall ? expression.args : [];
  }

  #readClass(name: string, line: LogicalLine, decorator: readonly Argument[] | undefined): void {
    this.#classes.add(name);
    if (line.indent === 0) this.#names.forget(name);
    if (decorator === undefined) {
      this.#blocks.push({ indent: line.indent });
      return;
    }
    const depends: Dependency[] = [];
    const given = argument(decorator, 'name');
    this.#add({
      attribute: name,
      name: this.#string(given) ?? name,
      generation: 'service',
      line: line.line,
      depends,
    });
    this.#blocks.push({ indent: line.indent, service: { depends } });
  }

  #readBody(line: LogicalLine, depends: Dependency[]): void {
    if (line.tokens[0]?.text === 'class' || isFunction(line.tokens)) {
      this.#blocks.push({ indent: line.indent });
      return;
    }
    for (const statement of statements(line.tokens)) {
      const value = assignment(statement)?.value;
      const dependency = value === undefined ? undefined : this.#dependency(value);
      if (dependency !== undefined) depends.push(dependency);
    }
  }

  #dependency(value: Expression): Dependency | undefined {
    if (value.kind !== 'call' || this.#names.resolve(value.callee) !== 'bentoml.depends') {
      return undefined;
    }
    const on = argument(value.args, 'on', 0);
    const remote = value.args.some(({ name }) => name === 'url' || name === 'deployment');
    if (on?.kind === 'name') {
      const from = this.#names.imported(on.name);
      if (from === undefined) return { attribute: on.name, remote };
      return from.name === undefined
        ? undefined
        : { attribute: from.name, module: from.module, remote };
    }
    if (on?.kind !== 'attribute' || on.object.kind !== 'name') return undefined;
    const from = this.#names.imported(on.object.name);
    if (from === undefined) return undefined;
    const module = from.name === undefined ? from.module : within(from.module, from.name);
    return { attribute: on.name, module, remote };
  }

  #readStatement(tokens: readonly Token[], line: LogicalLine): void {
    const isOnlyWay = line.indent === 0;
    if (tokens[0]?.text === 'import' || tokens[0]?.text === 'from') {
      this.#names.readImport(tokens, isOnlyWay);
      return;
    }
    const assigned = assignment(tokens);
    if (assigned === undefined) return;
    const { target, value } = assigned;
    this.#readCall(target, value, line.line);
    const path = this.#names.resolve(value);
    if (path !== undefined) this.#names.define(target, path);
    else if (isOnlyWay) this.#names.forget(target);
    const string = value.kind === 'string' ? value.value : undefined;
    if (string === undefined) this.#strings.delete(target);
    else this.#strings.set(target, string);
    this.#runners.assign(target, value);
  }

  /** `svc = bentoml.Service("name", …)`, and a class made a service without the decorator's `@`. */
  #readCall(attribute: string, value: Expression, line: number): void {
    if (value.kind !== 'call') return;
    const path = this.#names.resolve(value.callee);
    if (path === 'bentoml.Service') {
      const runners = this.#runners.list(argument(value.args, 'runners', 1));
      this.#add({
        attribute,
        // BentoML makes a legacy service's name lower case.
        name: this.#string(argument(value.args, 'name', 0))?.toLowerCase() ?? attribute,
        generation: 'legacy',
        line,
        depends: [],
        ...(runners === undefined ? {} : { runners }),
      });
      return;
    }
    const decorator = path === 'bentoml.service' ? value.args : this.#decoratorCall(value.callee);
    const inner =
      (path === 'bentoml.service' ? argument(value.args, 'inner', 0) : undefined) ??
      (decorator === value.args ? undefined : value.args[0]?.value);
    if (decorator === undefined || inner?.kind !== 'name') return;
    const given = argument(decorator, 'name');
    const name = this.#string(given) ?? inner.name;
    this.#add({ attribute, name, generation: 'service', line, depends: [] });
  }

  #decoratorCall(callee: Expression): readonly Argument[] | undefined {
    if (callee.kind !== 'call') return undefined;
    return this.#names.resolve(callee.callee) === 'bentoml.service' ? callee.args : undefined;
  }

  #string(expression: Expression | undefined): string | undefined {
    const value =
      expression?.kind === 'name'
        ? this.#strings.get(expression.name)
        : expression?.kind === 'string'
          ? expression.value
          : undefined;
    return value === '' ? undefined : value;
  }

  /** As in Python, the last definition of a name is the one that counts. */
  #add(service: FoundService): void {
    this.#services.set(service.attribute, service);
  }
}

const within = (module: string, name: string): string =>
  module.endsWith('.') ? module + name : `${module}.${name}`;

const isFunction = ([first, second]: readonly Token[]): boolean =>
  first?.text === 'def' || (first?.text === 'async' && second?.text === 'def');

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

/** `target = value` and `target: annotation = value`; of a chain of targets the first. */
function assignment(tokens: readonly Token[]): { target: string; value: Expression } | undefined {
  const [target, sign] = tokens;
  if (target?.kind !== 'name' || sign?.kind !== 'operator') return undefined;
  if (sign.text !== '=' && sign.text !== ':') return undefined;
  let equals = sign.text === '=' ? 1 : indexOfEquals(tokens);
  if (equals < 0) return undefined;
  while (tokens[equals + 1]?.kind === 'name' && tokens[equals + 2]?.text === '=') equals += 2;
  return { target: target.text, value: parseExpression(tokens, equals + 1) };
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
