import type { Token } from './python-tokens';

/** As much of an expression as names a service, its arguments and its runners; everything else is `other`. */
export type Expression =
  | { readonly kind: 'string'; readonly value: string | undefined }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'attribute'; readonly object: Expression; readonly name: string }
  | { readonly kind: 'call'; readonly callee: Expression; readonly args: readonly Argument[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'other' };

export interface Argument {
  /** Absent for a positional argument. */
  readonly name?: string;
  readonly value: Expression;
}

const other: Expression = { kind: 'other' };
const depthLimit = 40;

/** The expression that begins at token `start` and ends at a comma, a bracket, `=`, `;` or the end. */
export function parseExpression(tokens: readonly Token[], start: number): Expression {
  return new Parser(tokens, start).expression(0);
}

/** The argument with that name, or else the positional one at `index`, when there is an index. */
export function argument(
  args: readonly Argument[],
  name: string,
  index?: number,
): Expression | undefined {
  const named = args.find((arg) => arg.name === name);
  if (named !== undefined || index === undefined) return named?.value;
  const positional = args.slice(0, index + 1);
  return positional.every((arg) => arg.name === undefined) ? positional[index]?.value : undefined;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at: number;

  constructor(tokens: readonly Token[], start: number) {
    this.#tokens = tokens;
    this.#at = start;
  }

  expression(depth: number): Expression {
    let result = this.#atom(depth);
    while (result.kind !== 'other') {
      if (this.#is('.')) {
        this.#at++;
        const token = this.#tokens[this.#at++];
        result =
          token?.kind === 'name' ? { kind: 'attribute', object: result, name: token.text } : other;
      } else if (this.#is('(')) {
        this.#at++;
        result = { kind: 'call', callee: result, args: this.#args(depth + 1) };
      } else {
        break;
      }
    }
    // No backtracking: what follows an operand makes the whole something else, and is skipped once.
    if (!this.#atEnd()) {
      this.#skip();
      return other;
    }
    return result;
  }

  #atom(depth: number): Expression {
    const token = this.#tokens[this.#at];
    if (token === undefined || depth > depthLimit) return other;
    if (token.kind === 'string') return this.#strings();
    if (token.kind === 'name') {
      this.#at++;
      return { kind: 'name', name: token.text };
    }
    if (token.text === '[') {
      this.#at++;
      return { kind: 'list', items: this.#items(']', depth + 1) };
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

  /** Adjacent literals are one string. */
  #strings(): Expression {
    let value: string | undefined = '';
    for (; this.#tokens[this.#at]?.kind === 'string'; this.#at++) {
      const part = this.#tokens[this.#at]?.value;
      value = value === undefined || part === undefined ? undefined : value + part;
    }
    return { kind: 'string', value };
  }

  #items(close: string, depth: number): Expression[] {
    const items: Expression[] = [];
    while (this.#at < this.#tokens.length && !this.#is(close)) {
      items.push(this.expression(depth));
      if (!this.#is(',')) break;
      this.#at++;
    }
    this.#close(close);
    return items;
  }

  #args(depth: number): Argument[] {
    const args: Argument[] = [];
    while (this.#at < this.#tokens.length && !this.#is(')')) {
      const name = this.#tokens[this.#at];
      if (name?.kind === 'name' && this.#tokens[this.#at + 1]?.text === '=') {
        this.#at += 2;
        args.push({ name: name.text, value: this.expression(depth) });
      } else {
        args.push({ value: this.expression(depth) });
      }
      if (!this.#is(',')) break;
      this.#at++;
    }
    this.#close(')');
    return args;
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

  #atEnd(): boolean {
    const token = this.#tokens[this.#at];
    return token === undefined || (token.kind === 'operator' && ',)]};='.includes(token.text));
  }

  /** To the next delimiter of this bracket level. */
  #skip(): void {
    let open = 0;
    for (; this.#at < this.#tokens.length; this.#at++) {
      const token = this.#tokens[this.#at];
      if (token?.kind !== 'operator') continue;
      if (open === 0 && ',)]};='.includes(token.text)) return;
      if ('([{'.includes(token.text)) open++;
      else if (')]}'.includes(token.text)) open--;
    }
  }
}
