/** The longest object that a cluster stores is 1.5 MB. */
const longestLine = 8_000_000;

/** Splits a stream of text into lines with one JSON value each. Incomplete lines are kept until their end comes. */
export class JsonLines {
  readonly #onValue: (value: unknown) => void;
  #pieces: string[] = [];
  #length = 0;

  constructor(onValue: (value: unknown) => void) {
    this.#onValue = onValue;
  }

  /** @throws SyntaxError if a line is not JSON or too long: what follows it cannot be trusted */
  add(text: string): void {
    let from = 0;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      this.#pieces.push(text.slice(from, at));
      from = at + 1;
      const line = this.#pieces.join('');
      this.#pieces = [];
      this.#length = 0;
      if (line.trim() !== '') this.#onValue(JSON.parse(line));
    }
    if (from === text.length) return;
    this.#pieces.push(text.slice(from));
    this.#length += text.length - from;
    if (this.#length > longestLine) throw new SyntaxError('A line is too long.');
  }
}
