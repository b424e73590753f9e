/**
 * Reads dotenv files as python-dotenv does, which services use themselves: its quotes, escapes, comments and lines that
 * are passed over. A name without `=` has no value. By hand and not with expressions like its own, as those take time
 * with the square of the length.
 */
export function parseDotenv(text: string): readonly (readonly [string, string | undefined])[] {
  const reader = new Reader(text);
  const found: (readonly [string, string | undefined])[] = [];
  while (!reader.atEnd) {
    const binding = readBinding(reader);
    if (binding === undefined) reader.skip(restOfLine);
    else if (binding.key !== undefined) found.push([binding.key, binding.value]);
  }
  return found;
}

interface Binding {
  /** Absent on a line without one. */
  readonly key?: string | undefined;
  readonly value?: string | undefined;
}

// What Python takes for white space, in character classes.
const blank = String.raw`\t\v\f\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;
const sticky = (source: string): RegExp => new RegExp(source, 'y');
const whiteSpace = sticky(`[${blank}\\r\\n]*`);
const blanks = sticky(`[${blank}]*`);
const exported = sticky(`export[${blank}]+`);
const quotedKey = /'[^']+'/y;
const plainKey = sticky(`[^=#${blank}\\r\\n]+`);
const equalSign = sticky(`=[${blank}]*`);
const comment = /#[^\r\n]*/y;
const endOfLine = /\r\n|\n|\r|$/y;
const restOfLine = /[^\r\n]*(?:\r\n|\n|\r)?/y;
const plainValue = /[^\r\n]*/y;

/** Nothing where the line is none. */
function readBinding(reader: Reader): Binding | undefined {
  reader.skip(whiteSpace);
  if (reader.atEnd) return {};
  reader.skip(exported);
  const key = reader.peek() === '#' ? undefined : readKey(reader);
  if (key === '') return undefined;
  reader.skip(blanks);
  let value: string | undefined;
  if (reader.peek() === '=') {
    const sign = reader.match(equalSign) ?? '';
    // After a blank it is a comment, else a part of the value.
    value = sign.length > 1 && reader.peek() === '#' ? '' : readValue(reader);
    if (value === undefined) return undefined;
  }
  const before = reader.at;
  reader.skip(blanks);
  if (!reader.skip(comment)) reader.at = before;
  reader.skip(blanks);
  return reader.match(endOfLine) === undefined ? undefined : { key, value };
}

/** Empty where there is none. */
function readKey(reader: Reader): string {
  if (reader.peek() === "'") return reader.match(quotedKey)?.slice(1, -1) ?? '';
  return reader.match(plainKey) ?? '';
}

/** Nothing where a quote is not closed. */
function readValue(reader: Reader): string | undefined {
  switch (reader.peek()) {
    case "'":
      return reader.quoted("'")?.replace(/\\([\\'])/g, '$1');
    case '"':
      return reader
        .quoted('"')
        ?.replace(/\\([\\'"abfnrtv])/g, (_, of: string) => escapes[of] ?? of);
    default:
      return withoutComment(reader.match(plainValue) ?? '');
  }
}

const escapes: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
};

const blankCharacter = new RegExp(`[${blank}]`);
const isBlank = (character: string): boolean => blankCharacter.test(character);

const commentStart = new RegExp(`[${blank}]#`);

function withoutComment(value: string): string {
  const start = value.search(commentStart);
  let end = start < 0 ? value.length : start;
  while (end > 0 && isBlank(value.charAt(end - 1))) end--;
  return value.slice(0, end);
}

class Reader {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.at >= this.#text.length;
  }

  peek(): string {
    return this.#text.charAt(this.at);
  }

  /** Gives whether anything was there. */
  skip(expression: RegExp): boolean {
    return (this.match(expression) ?? '') !== '';
  }

  match(expression: RegExp): string | undefined {
    expression.lastIndex = this.at;
    const [found] = expression.exec(this.#text) ?? [];
    this.at += found?.length ?? 0;
    return found;
  }

  /** What is between this quote and the next; a backslash takes the character after it along. */
  quoted(quote: string): string | undefined {
    const from = this.at + 1;
    for (let at = from; at < this.#text.length; at++) {
      const character = this.#text.charAt(at);
      if (character === '\\') at++;
      if (character !== quote) continue;
      this.at = at + 1;
      return this.#text.slice(from, at);
    }
    return undefined;
  }
}
