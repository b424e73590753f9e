import { decodeLiteral } from './python-literals';

export interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'operator';
  readonly text: string;
  /** What a string literal says; absent for bytes, for f-strings with holes and for very long ones. */
  readonly value?: string;
}

/** One logical line: brackets, triple-quoted strings and backslashes join physical lines. */
export interface LogicalLine {
  /** Columns of white space before it; a tab goes to the next multiple of eight, as in Python. */
  readonly indent: number;
  /** Zero-based. */
  readonly line: number;
  readonly tokens: readonly Token[];
}

/** Characters of a line that are read at once: a millisecond or two. */
const sliceLength = 32 * 1024;
/** More tokens than any definition needs; a table of a million numbers is not kept. */
const tokenLimit = 10_000;
const stringPrefix = /^(?:[rbuft]|rb|br|fr|rf|tr|rt)$/i;
/** What cannot continue an expression: where the closing bracket was forgotten, a new statement begins here. */
const statementStart = /(?:class|def|import|from|async[ \t]+def)[ \t]|@[A-Za-z_]/y;

/** A logical line of which only a part was read so far. */
interface OpenLine {
  readonly indent: number;
  readonly line: number;
  readonly tokens: Token[];
  readonly isWanted: boolean;
  /** Brackets that are open. */
  depth: number;
}

/** Cuts Python source into logical lines in one pass; bad input ends sooner, never later. */
export class PythonLines {
  readonly #text: string;
  #at = 0;
  #line = 0;
  #isBroken = false;
  #open: OpenLine | undefined;

  constructor(text: string) {
    this.#text = text;
    if (text.startsWith('\uFEFF')) this.#at = 1;
  }

  /** A bracket or a string is not closed: what comes after it may have been taken for a part of it. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /**
   * The next line that is not blank; without tokens where `wanted` says no for its indentation. `unfinished`: call it
   * again for the rest of a line that is too long to be read at once.
   */
  next(wanted: (indent: number) => boolean): LogicalLine | 'unfinished' | undefined {
    const open = this.#open ?? this.#begin(wanted);
    if (open === undefined) return undefined;
    this.#open = this.#scanLine(open) ? undefined : open;
    return this.#open === undefined ? open : 'unfinished';
  }

  #begin(wanted: (indent: number) => boolean): OpenLine | undefined {
    for (;;) {
      const indent = this.#indentation();
      if (this.#at >= this.#text.length) return undefined;
      if (this.#skipBlank()) continue;
      return { indent, line: this.#line, tokens: [], isWanted: wanted(indent), depth: 0 };
    }
  }

  /** Blank lines and comments have no indentation that counts. */
  #skipBlank(): boolean {
    if (this.#text[this.#at] === '#') this.#skipComment();
    if (!isNewline(this.#text.charAt(this.#at))) return this.#at >= this.#text.length;
    this.#newline();
    return true;
  }

  #indentation(): number {
    let column = 0;
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at];
      if (char === ' ') column++;
      else if (char === '\t') column = column - (column % 8) + 8;
      else if (char === '\f') column = 0;
      else break;
    }
    return column;
  }

  /** Goes behind the end of the logical line, and gives true, or behind a slice of it. */
  #scanLine(open: OpenLine): boolean {
    const text = this.#text;
    const { tokens, isWanted } = open;
    const end = this.#at + sliceLength;
    while (this.#at < text.length) {
      if (this.#at >= end) return false;
      const char = text.charAt(this.#at);
      if (char === '\n' || char === '\r') {
        this.#newline();
        if (open.depth === 0) return true;
        statementStart.lastIndex = this.#at;
        if (statementStart.test(text)) break;
      } else if (char === ' ' || char === '\t' || char === '\f') {
        this.#at++;
      } else if (char === '#') {
        this.#skipComment();
      } else if (char === '\\') {
        this.#at++;
        if (isNewline(text.charAt(this.#at))) this.#newline();
      } else {
        if (char === '(' || char === '[' || char === '{') open.depth++;
        else if ((char === ')' || char === ']' || char === '}') && open.depth > 0) open.depth--;
        if (isWanted && tokens.length < tokenLimit) tokens.push(this.#token(char));
        else this.#skipToken(char);
      }
    }
    if (open.depth > 0) this.#isBroken = true;
    return true;
  }

  /** Only strings matter where nothing is collected: they may hide brackets and line ends. */
  #skipToken(char: string): void {
    if (char === '"' || char === "'") this.#skipString();
    else if (isWord(char)) this.#skipWord();
    else this.#at++;
  }

  #skipWord(): void {
    while (this.#at < this.#text.length && isWord(this.#text.charAt(this.#at))) this.#at++;
  }

  #token(char: string): Token {
    if (char === '"' || char === "'") return this.#string('');
    const start = this.#at;
    if (isWord(char)) {
      this.#skipWord();
      const text = this.#text.slice(start, this.#at);
      const next = this.#text.charAt(this.#at);
      if ((next === '"' || next === "'") && stringPrefix.test(text)) return this.#string(text);
      return { kind: char >= '0' && char <= '9' ? 'number' : 'name', text };
    }
    this.#at++;
    if ('=!<>+-*/%&|^@:'.includes(char) && this.#text[this.#at] === '=') this.#at++;
    return { kind: 'operator', text: this.#text.slice(start, this.#at) };
  }

  #string(prefix: string): Token {
    const quote = this.#text.charAt(this.#at);
    const [start, end] = this.#skipString();
    const value = decodeLiteral(prefix, this.#text, start, end);
    return { kind: 'string', text: quote, ...(value === undefined ? {} : { value }) };
  }

  /** Goes behind the closing quote, or to the end of the line where it is missing; returns the body's bounds. */
  #skipString(): readonly [number, number] {
    const text = this.#text;
    const quote = text.charAt(this.#at);
    const triple = text.startsWith(quote.repeat(3), this.#at);
    const close = triple ? quote.repeat(3) : quote;
    this.#at += close.length;
    const start = this.#at;
    while (this.#at < text.length) {
      const char = text.charAt(this.#at);
      if (char === '\\') {
        this.#at++;
        if (isNewline(text.charAt(this.#at))) this.#newline();
        else this.#at++;
      } else if (isNewline(char)) {
        if (!triple) return [start, this.#at];
        this.#newline();
      } else if (char === quote && (!triple || text.startsWith(close, this.#at))) {
        this.#at += close.length;
        return [start, this.#at - close.length];
      } else {
        this.#at++;
      }
    }
    this.#at = text.length;
    this.#isBroken = true;
    return [start, text.length];
  }

  #newline(): void {
    this.#at += this.#text.startsWith('\r\n', this.#at) ? 2 : 1;
    this.#line++;
  }

  #skipComment(): void {
    while (this.#at < this.#text.length && !isNewline(this.#text.charAt(this.#at))) this.#at++;
  }
}

const isNewline = (char: string): boolean => char === '\n' || char === '\r';

const isWord = (char: string): boolean =>
  (char >= 'a' && char <= 'z') ||
  (char >= 'A' && char <= 'Z') ||
  (char >= '0' && char <= '9') ||
  char === '_' ||
  char > '\u007F';
