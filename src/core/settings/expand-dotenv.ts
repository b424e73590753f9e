/** Gives the value of a variable that another one refers to. */
export type Lookup = (name: string) => string | undefined;

/**
 * Replaces `${NAME}` and `${NAME:-default}` once, as python-dotenv does: values are not expanded again. Gives nothing
 * if the text would become longer than `longest`.
 */
export function expandDotenv(text: string, lookup: Lookup, longest: number): string | undefined {
  const pieces: string[] = [];
  let length = 0;
  const add = (piece: string): boolean =>
    (length += pieces[pieces.push(piece) - 1]?.length ?? 0) <= longest;
  const next = { '}': new Ahead(text, '}'), ':': new Ahead(text, ':') };
  let done = 0;
  for (let open = text.indexOf('${'); open !== -1; open = text.indexOf('${', open + 2)) {
    if (open < done) continue;
    const close = next['}'].from(open + 2);
    if (close === -1) break;
    const colon = next[':'].from(open + 2);
    const hasDefault = colon !== -1 && colon < close;
    if (hasDefault && text.charAt(colon + 1) !== '-') continue;
    const name = text.slice(open + 2, hasDefault ? colon : close);
    const value = lookup(name) ?? (hasDefault ? text.slice(colon + 2, close) : '');
    if (!add(text.slice(done, open)) || !add(value)) return undefined;
    done = close + 1;
  }
  return add(text.slice(done)) ? pieces.join('') : undefined;
}

/** Finds the next occurrence of a character, and searches each part of the text only once. */
class Ahead {
  readonly #text: string;
  readonly #character: string;
  #at = -2;

  constructor(text: string, character: string) {
    this.#text = text;
    this.#character = character;
  }

  from(index: number): number {
    if (this.#at !== -1 && this.#at < index) this.#at = this.#text.indexOf(this.#character, index);
    return this.#at;
  }
}
