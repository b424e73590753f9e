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
  /** `a if c else b`, `a or b`, `a and b`: one of them. */
  | { readonly kind: 'choice'; readonly options: readonly Expression[] }
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

export interface Parameter {
  readonly name: string;
  readonly default?: Expression;
  /** `*name` or `**name`. */
  readonly collects?: 'list' | 'dict';
}

const other: Expression = { kind: 'other' };
const depthLimit = 40;
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
    const result = this.#operand(depth);
    if (result.kind === 'name' && this.#is(':=')) {
      // Whoever reads the statement has bound the name before.
      this.#skip();
      return result;
    }
    const options = [result];
    while (result.kind !== 'other') {
      if (this.#isName('or') || this.#isName('and')) {
        this.#at++;
        options.push(this.#operand(depth + 1));
      } else if (this.#isName('if')) {
        this.#skipToElse();
        if (!this.#isName('else')) break;
        this.#at++;
        options.push(depth < depthLimit ? this.expression(depth + 1) : other);
      } else {
        break;
      }
    }
    // No backtracking: what follows an operand makes the whole something else, and is skipped once.
    if (!this.#atEnd()) {
      this.#skip();
      return other;
    }
    return options.length === 1 ? result : { kind: 'choice', options };
  }

  #operand(depth: number): Expression {
    let result = this.#atom(depth);
    while (result.kind !== 'other' && result.kind !== 'lambda') {
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
        args.push({ value: this.expression(depth), ...unpacking(stars, 'unpacks') });
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
      return { kind: 'list', items: this.#items(']', depth + 1) };
    }
    if (token.text === '{') {
      this.#at++;
      return { kind: 'dict', entries: this.#entries(depth + 1) };
    }
    if (token.text === '(') {
      this.#at++;
      const before = this.#at;
      const items = this.#items(')', depth + 1);
      const [only] = items;
      const isTuple = this.#tokens[this.#at - 2]?.text === ',' || this.#at - 1 === before;
      return items.length === 1 && only !== undefined && !isTuple ? only : { kind: 'list', items };
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

  #items(close: string, depth: number): Expression[] {
    const items = this.expressions(depth, close);
    this.#close(close);
    return items;
  }

  /** Of a dictionary; those of a set are of no use as arguments. */
  #entries(depth: number): Argument[] {
    const entries: Argument[] = [];
    while (this.#at < this.#tokens.length && !this.#is('}')) {
      const stars = this.#stars();
      const key = this.expression(depth);
      if (stars === 2) {
        entries.push({ value: key, unpacks: 'dict' });
      } else if (this.#is(':')) {
        this.#at++;
        const value = this.expression(depth);
        const name = key.kind === 'string' ? key.value : undefined;
        entries.push(name === undefined ? { value } : { name, value });
      }
      if (!this.#is(',')) break;
      this.#at++;
    }
    this.#close('}');
    return entries;
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

  #skipToElse(): void {
    this.#skip(() => this.#isName('else'));
  }

  /** To the next delimiter of this bracket level, or to where `ends` says. */
  #skip(ends: () => boolean = () => false): void {
    let open = 0;
    for (; this.#at < this.#tokens.length; this.#at++) {
      const token = this.#tokens[this.#at];
      if (open === 0 && ends()) return;
      if (token?.kind !== 'operator') continue;
      if (open === 0 && delimiters.has(token.text)) return;
      if ('([{'.includes(token.text)) open++;
      else if (')]}'.includes(token.text)) open--;
    }
  }
}

function unpacking<Key extends string>(
  stars: number,
  key: Key,
): Partial<Record<Key, 'list' | 'dict'>> {
  if (stars === 0) return {};
  return { [key]: stars === 1 ? 'list' : 'dict' } as Record<Key, 'list' | 'dict'>;
}
