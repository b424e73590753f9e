import type { Token } from './python-tokens';

/** As much of an expression as can name a service, its arguments and its runners; everything else is `other`. */
export type Expression =
  | { readonly kind: 'string'; readonly value: string | undefined }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'attribute'; readonly object: Expression; readonly name: string }
  | { readonly kind: 'call'; readonly callee: Expression; readonly args: readonly Argument[] }
  /** `object[key]`; without a key where it is no literal. */
  | {
      readonly kind: 'item';
      readonly object: Expression;
      readonly key: string | number | undefined;
    }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  /** Entries without a name have a key that is no literal. */
  | { readonly kind: 'dict'; readonly entries: readonly Argument[] }
  /** `then if condition else otherwise`; `a or b` and `a and b`, with `a` as the condition. */
  | {
      readonly kind: 'conditional';
      readonly condition: readonly Token[];
      readonly then: Expression;
      readonly otherwise: Expression;
    }
  /** `[element for …]`, `{key: element for …}`, `(element for …)`. */
  | {
      readonly kind: 'comprehension';
      readonly key?: Expression;
      readonly element: Expression;
      readonly loops: readonly Loop[];
    }
  | {
      readonly kind: 'lambda';
      readonly parameters: readonly Parameter[];
      readonly body: Expression;
    }
  | { readonly kind: 'other' };

export interface Argument {
  /** Absent for a positional argument. */
  readonly name?: string;
  readonly value: Expression;
  /** `*value` or `**value`. */
  readonly unpacks?: 'list' | 'dict';
}

/** `for targets in of`. */
export interface Loop {
  readonly targets: readonly Target[];
  readonly of: Expression;
}

/** A name that a statement binds, and where its value is in what is bound: `[1, 0]` for `c` of `a, (c, d) = …`. */
export interface Target {
  readonly name: string;
  /** Absent where that is not known: after a `*`. */
  readonly path?: readonly number[];
}

export interface Parameter {
  readonly name: string;
  readonly default?: Expression;
  /** `*name` or `**name`. */
  readonly collects?: 'list' | 'dict';
}

const other: Expression = { kind: 'other' };
const nothing: Expression = { kind: 'name', name: 'None' };
const depthLimit = 40;
/** Parts of `a or b or …`. */
const partsLimit = 200;
const delimiters: ReadonlySet<string> = new Set([',', ')', ']', '}', ';', '=', ':']);

/** The expression that begins at token `start` and ends at a delimiter or at the end. */
export function parseExpression(tokens: readonly Token[], start: number): Expression {
  return new Parser(tokens, start).expression(0);
}

/** The expression that a statement ends with: `a, b` is a tuple. */
export function parseLast(tokens: readonly Token[], start: number): Expression {
  const [first = other, ...more] = parseExpressions(tokens, start);
  return more.length === 0 ? first : { kind: 'list', items: [first, ...more] };
}

/** The expressions from token `start` on, with commas between them. */
export function parseExpressions(tokens: readonly Token[], start: number): readonly Expression[] {
  return new Parser(tokens, start).expressions(0);
}

/** The parameters of a function, from the token after its `(`, and the index of the token after its `)`. */
export function parseParameters(
  tokens: readonly Token[],
  start: number,
): { readonly parameters: readonly Parameter[]; readonly end: number } {
  const parser = new Parser(tokens, start);
  return { parameters: parser.parameters(')', 0), end: parser.at };
}

/** The arguments in the brackets that begin at token `start`, such as the bases of a class. */
export function parseArguments(tokens: readonly Token[], start: number): readonly Argument[] {
  return new Parser(tokens, start + 1).args(0);
}

/** The loop of `for targets in of:`, from the token after `for`. */
export function parseLoop(tokens: readonly Token[], start: number): Loop {
  return new Parser(tokens, start).loop(0);
}

/** The names in the targets of an assignment or of a loop. */
export function parseTargets(tokens: readonly Token[]): readonly Target[] {
  const found: Target[] = [];
  collectTargets(tokens, [], found, 0);
  return found;
}

function collectTargets(
  tokens: readonly Token[],
  path: readonly number[],
  found: Target[],
  depth: number,
): void {
  if (depth > 5) return;
  const { items, isTuple } = targetItems(tokens);
  let isKnown = true;
  for (const [index, item] of items.entries()) {
    const isStarred = item[0]?.text === '*';
    isKnown &&= !isStarred;
    const own = isTuple ? [...path, index] : path;
    const [first, ...more] = isStarred ? item.slice(1) : item;
    if (first?.kind === 'name' && more.length === 0) {
      found.push({ name: first.text, ...(isKnown ? { path: own } : {}) });
    } else if (isKnown && (first?.text === '(' || first?.text === '[')) {
      collectTargets(item, own, found, depth + 1);
    }
  }
}

/** The parts of `a, b`, `(a, b)`, `[a, b]` or `a,`; a name alone is no tuple. */
function targetItems(tokens: readonly Token[]): {
  readonly items: readonly (readonly Token[])[];
  readonly isTuple: boolean;
} {
  const items: Token[][] = [[]];
  let open = 0;
  let isTuple = false;
  for (const token of tokens) {
    if (token.kind === 'operator' && ')]}'.includes(token.text)) open--;
    if (open === 0 && token.text === ',' && token.kind === 'operator') {
      isTuple = true;
      items.push([]);
    } else items.at(-1)?.push(token);
    if (token.kind === 'operator' && '([{'.includes(token.text)) open++;
  }
  const [first = []] = items;
  const bracket = first[0]?.text;
  if (!isTuple && (bracket === '(' || bracket === '[') && tokens.length > 1) {
    const inner = targetItems(tokens.slice(1, -1));
    return bracket === '[' ? { ...inner, isTuple: true } : inner;
  }
  return { items: items.filter((item) => item.length > 0), isTuple };
}

class Parser {
  readonly #tokens: readonly Token[];
  #at: number;

  constructor(tokens: readonly Token[], start: number) {
    this.#tokens = tokens;
    this.#at = start;
  }

  get at(): number {
    return this.#at;
  }

  expression(depth: number): Expression {
    const result = this.#joined('or', depth, () =>
      this.#joined('and', depth, () => this.#part(depth)),
    );
    if (result.kind === 'name' && this.#is(':=')) {
      // Whoever reads the statement has bound the name before.
      this.#skip();
      return result;
    }
    if (this.#isName('if')) {
      const start = ++this.#at;
      this.#skip(() => this.#isName('else') || this.#isLoop());
      // Without `else` it is the condition of a comprehension.
      if (!this.#isName('else')) return result;
      const condition = this.#tokens.slice(start, this.#at++);
      const otherwise = depth < depthLimit ? this.expression(depth + 1) : other;
      return { kind: 'conditional', condition, then: result, otherwise };
    }
    // No backtracking: what follows an operand makes the whole something else, and is skipped once.
    if (!this.#atEnd() && !this.#isLoop()) {
      this.#skip();
      return other;
    }
    return result;
  }

  loop(depth: number): Loop {
    const start = this.#at;
    this.#skip(() => this.#isName('in'), isTargetEnd);
    const targets = parseTargets(this.#tokens.slice(start, this.#at));
    if (this.#isName('in')) this.#at++;
    const items = [this.expression(depth)];
    // `for a in b, c:`
    while (depth === 0 && this.#is(',')) {
      this.#at++;
      if (!this.#atEnd()) items.push(this.expression(depth));
    }
    const [only = other] = items;
    return { targets, of: items.length === 1 ? only : { kind: 'list', items } };
  }

  /** `a or b or c`, each with what is before it as the condition. */
  #joined(word: 'or' | 'and', depth: number, part: () => Expression): Expression {
    const parts: { readonly value: Expression; readonly tokens: readonly Token[] }[] = [];
    for (;;) {
      const start = this.#at;
      const value = part();
      if (parts.length === 0 && !this.#isName(word)) return value;
      parts.push({ value, tokens: this.#tokens.slice(start, this.#at) });
      if (!this.#isName(word)) break;
      this.#at++;
    }
    if (parts.length > partsLimit || depth > depthLimit) return other;
    let result = parts.pop()?.value ?? other;
    for (let last = parts.pop(); last !== undefined; last = parts.pop()) {
      const { value, tokens: condition } = last;
      // What `and` gives otherwise is empty or zero, and no service.
      const [then, otherwise] = word === 'or' ? [value, result] : [result, nothing];
      result = { kind: 'conditional', condition, then, otherwise };
    }
    return result;
  }

  /** An operand; with a comparison or an operator behind it, it is something else. */
  #part(depth: number): Expression {
    const result = this.#operand(depth);
    if (this.#atPartEnd() || (result.kind === 'name' && this.#is(':='))) return result;
    this.#skip(() => this.#atPartEnd());
    return other;
  }

  #atPartEnd(): boolean {
    return (
      this.#atEnd() ||
      this.#isLoop() ||
      ['or', 'and', 'if', 'else'].some((word) => this.#isName(word))
    );
  }

  /** `for` or `async for` of a comprehension. */
  #isLoop(): boolean {
    return this.#isName('for') || this.#isName('async');
  }

  #loops(depth: number): readonly Loop[] {
    const loops: Loop[] = [];
    while (this.#isLoop() && loops.length < 5) {
      while (this.#isLoop()) this.#at++;
      loops.push(this.loop(depth + 1));
    }
    return loops;
  }

  #operand(depth: number): Expression {
    let result = this.#atom(depth);
    while (result.kind !== 'other') {
      if (this.#is('.')) {
        this.#at++;
        const token = this.#tokens[this.#at++];
        result =
          token?.kind === 'name' ? { kind: 'attribute', object: result, name: token.text } : other;
      } else if (this.#is('(')) {
        this.#at++;
        result = { kind: 'call', callee: result, args: this.args(depth + 1) };
      } else if (this.#is('[')) {
        this.#at++;
        result = { kind: 'item', object: result, key: this.#key() };
      } else {
        break;
      }
    }
    return result;
  }

  parameters(close: ')' | ':', depth: number): readonly Parameter[] {
    const found: Parameter[] = [];
    while (this.#at < this.#tokens.length && !this.#is(close)) {
      const stars = this.#stars();
      const token = this.#tokens[this.#at];
      if (token?.kind === 'name') {
        this.#at++;
        if (close === ')' && this.#is(':')) {
          this.#at++;
          this.#skip();
        }
        const hasDefault = this.#is('=');
        if (hasDefault) this.#at++;
        found.push({
          name: token.text,
          ...(hasDefault ? { default: this.expression(depth + 1) } : {}),
          ...unpacking(stars, 'collects'),
        });
      } else if (this.#is('/')) {
        this.#at++;
      }
      if (!this.#is(',')) break;
      this.#at++;
    }
    this.#close(close);
    return found;
  }

  args(depth: number): Argument[] {
    const args: Argument[] = [];
    while (this.#at < this.#tokens.length && !this.#is(')')) {
      const name = this.#tokens[this.#at];
      if (name?.kind === 'name' && this.#tokens[this.#at + 1]?.text === '=') {
        this.#at += 2;
        args.push({ name: name.text, value: this.expression(depth) });
      } else {
        const stars = this.#stars();
        const value = this.expression(depth);
        const loops = this.#loops(depth);
        args.push({
          value: loops.length === 0 ? value : { kind: 'comprehension', element: value, loops },
          ...unpacking(stars, 'unpacks'),
        });
      }
      if (!this.#is(',')) break;
      this.#at++;
    }
    this.#close(')');
    return args;
  }

  #atom(depth: number): Expression {
    const token = this.#tokens[this.#at];
    if (token === undefined || depth > depthLimit) return other;
    if (token.kind === 'string') return this.#strings();
    if (token.kind === 'name') {
      this.#at++;
      return token.text === 'lambda' ? this.#lambda(depth) : { kind: 'name', name: token.text };
    }
    if (token.text === '[') {
      this.#at++;
      return this.#items(']', depth + 1);
    }
    if (token.text === '{') {
      this.#at++;
      return this.#dictionary(depth + 1);
    }
    if (token.text === '(') {
      this.#at++;
      const before = this.#at;
      const items = this.#items(')', depth + 1);
      if (items.kind !== 'list') return items;
      const [only, ...more] = items.items;
      const isTuple = this.#tokens[this.#at - 2]?.text === ',' || this.#at - 1 === before;
      return only === undefined || more.length > 0 || isTuple ? items : only;
    }
    return other;
  }

  /** To behind the `]`. */
  #key(): string | number | undefined {
    const sign = this.#is('-') ? -1 : 1;
    if (sign < 0) this.#at++;
    const token = this.#tokens[this.#at];
    const isOnly = this.#tokens[this.#at + 1]?.text === ']';
    this.#close(']');
    if (!isOnly) return undefined;
    if (token?.kind === 'string') return token.value;
    return token?.kind === 'number' && /^\d{1,6}$/.test(token.text)
      ? sign * Number(token.text)
      : undefined;
  }

  #lambda(depth: number): Expression {
    const parameters = this.parameters(':', depth + 1);
    return { kind: 'lambda', parameters, body: this.expression(depth + 1) };
  }

  /** Adjacent literals are one string. */
  #strings(): Expression {
    let value: string | undefined = '';
    for (; this.#tokens[this.#at]?.kind === 'string'; this.#at++) {
      const part = this.#tokens[this.#at]?.value;
      value = value === undefined || part === undefined ? undefined : value + part;
    }
    return { kind: 'string', value };
  }

  expressions(depth: number, close?: string): Expression[] {
    const items: Expression[] = [];
    while (this.#at < this.#tokens.length && (close === undefined || !this.#is(close))) {
      items.push(this.expression(depth));
      if (!this.#is(',')) break;
      this.#at++;
    }
    return items;
  }

  #items(close: string, depth: number): Extract<Expression, { kind: 'list' | 'comprehension' }> {
    const items = this.expressions(depth, close);
    const [element] = items;
    const loops = this.#loops(depth);
    this.#close(close);
    return loops.length > 0 && element !== undefined
      ? { kind: 'comprehension', element, loops }
      : { kind: 'list', items };
  }

  /** Also a set, of which nothing is of use as arguments. */
  #dictionary(depth: number): Expression {
    const entries: Argument[] = [];
    let comprehension: Expression | undefined;
    while (this.#at < this.#tokens.length && !this.#is('}')) {
      const stars = this.#stars();
      const key = this.expression(depth);
      if (stars === 2) {
        entries.push({ value: key, unpacks: 'dict' });
      } else if (this.#is(':')) {
        this.#at++;
        const element = this.expression(depth);
        const name = key.kind === 'string' ? key.value : undefined;
        const loops = this.#loops(depth);
        if (loops.length > 0) comprehension = { kind: 'comprehension', key, element, loops };
        entries.push(name === undefined ? { value: element } : { name, value: element });
      } else {
        const loops = this.#loops(depth);
        if (loops.length > 0) comprehension = { kind: 'comprehension', element: key, loops };
      }
      if (!this.#is(',')) break;
      this.#at++;
    }
    this.#close('}');
    return comprehension ?? { kind: 'dict', entries };
  }

  #stars(): number {
    let stars = 0;
    for (; this.#is('*'); this.#at++) stars++;
    return stars;
  }

  #close(bracket: string): void {
    while (this.#at < this.#tokens.length && !this.#is(bracket)) {
      this.#skip();
      if (!this.#is(bracket)) this.#at++;
    }
    this.#at++;
  }

  #is(text: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'operator' && token.text === text;
  }

  #isName(text: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'name' && token.text === text;
  }

  #atEnd(): boolean {
    const token = this.#tokens[this.#at];
    return token === undefined || (token.kind === 'operator' && delimiters.has(token.text));
  }

  /** To the next delimiter of this bracket level, or to where `ends` says. */
  #skip(ends: () => boolean = () => false, isDelimiter = isEnd): void {
    let open = 0;
    for (; this.#at < this.#tokens.length; this.#at++) {
      const token = this.#tokens[this.#at];
      if (open === 0 && ends()) return;
      if (token?.kind !== 'operator') continue;
      if (open === 0 && isDelimiter(token.text)) return;
      if ('([{'.includes(token.text)) open++;
      else if (')]}'.includes(token.text)) open--;
    }
  }
}

const isEnd = (text: string): boolean => delimiters.has(text);
/** Commas stand between targets. */
const isTargetEnd = (text: string): boolean => text !== ',' && delimiters.has(text);

function unpacking<Key extends string>(
  stars: number,
  key: Key,
): Partial<Record<Key, 'list' | 'dict'>> {
  if (stars === 0) return {};
  return { [key]: stars === 1 ? 'list' : 'dict' } as Record<Key, 'list' | 'dict'>;
}
