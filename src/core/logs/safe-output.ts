import { VisibleColours } from './visible-colours';

/** Longer sequences are no sequences: an unterminated one must not swallow what follows. */
const longest = 4096;

// Sticky, so that each takes a whole run from where the last one ended.
// Without the controls of bidirectional text, which show it in another order than it has.
const printable =
  /[\t\n\r\x20-\x7e\u00a0-\u061b\u061d-\u200d\u2010-\u2029\u202f-\u2065\u206a-\uffff]*/y;
const parameters = /[\x20-\x3f]*/y;

const wholeColour = /^\x1b\[[\d;:]*m$/;
/** BEL, CAN, SUB, ESC and ST: what ends a string of a terminal. */
const stringEnd = /[\x07\x18\x1a\x1b\x9c]/;

const escape = 0x1b;

type State = 'text' | 'escape' | 'sequence' | 'string';

/**
 * Lets text, line ends, tabs and colours that leave text visible of a process through, and nothing else: other sequences
 * of a terminal could write the clipboard, fake links, move the cursor over what was said, or have the terminal answer.
 */
export class SafeOutput {
  readonly #colours = new VisibleColours();
  #state: State = 'text';
  /** The sequence so far, when it began in an earlier piece or is no plain colour; then what ended it. */
  #held = '';
  /** Characters dropped so far, of a string or between an escape and its final character. */
  #swallowed = 0;

  filter(text: string): string {
    let safe = '';
    for (let at = 0; at < text.length;) {
      const from = at;
      switch (this.#state) {
        case 'text':
          at = runEnd(printable, text, from);
          if (from === 0 && at === text.length) return text;
          safe += text.slice(from, at);
          if (at < text.length) this.#control(text.charCodeAt(at++));
          break;
        case 'escape':
          at = this.#afterEscape(text, from);
          break;
        case 'sequence':
          at = this.#inSequence(text, from);
          safe += this.#endedColour();
          break;
        case 'string':
          at = this.#inString(text, from);
          break;
      }
    }
    return safe;
  }

  /** The first character that is no text. */
  #control(code: number): void {
    if (code === escape) this.#enter('escape');
    // The one-character forms of CSI and of DCS, SOS, OSC, PM and APC.
    else if (code === 0x9b) this.#enter('sequence', '\x1b[');
    else if ([0x90, 0x98, 0x9d, 0x9e, 0x9f].includes(code)) this.#enter('string');
  }

  #afterEscape(text: string, at: number): number {
    const code = text.charCodeAt(at);
    if (code === 0x5b) this.#enter('sequence', '\x1b[');
    else if (']PX^_'.includes(text.charAt(at))) this.#enter('string');
    else if (code === escape) this.#enter('escape');
    // Intermediate characters are followed by one more.
    else if (code < 0x20 || code > 0x2f || this.#swallowed >= longest) this.#enter('text');
    else this.#swallowed += 1;
    // A line end, or another control, belongs to the text.
    return this.#state === 'text' && (code < 0x20 || code > 0x7e) ? at : at + 1;
  }

  #inSequence(text: string, from: number): number {
    const end = runEnd(parameters, text, from);
    const limit = from + longest - this.#held.length;
    if (end >= limit) {
      this.#enter('text');
      return limit;
    }
    this.#held += text.slice(from, end);
    if (end === text.length) return end;
    // A final character ends it; anything else ends it too, and begins something of its own.
    const isFinal = text.charCodeAt(end) >= 0x40;
    this.#enter('text', isFinal ? this.#held + text.charAt(end) : '');
    return isFinal ? end + 1 : end;
  }

  #endedColour(): string {
    return this.#state === 'text' && wholeColour.test(this.#held)
      ? this.#colours.filter(this.#held)
      : '';
  }

  #inString(text: string, from: number): number {
    const limit = longest - this.#swallowed;
    const part = text.slice(from, from + limit);
    const end = part.search(stringEnd);
    if (end === -1) {
      this.#swallowed += part.length;
      if (this.#swallowed >= longest) this.#enter('text');
      return from + part.length;
    }
    // The terminator ESC \ is an escape like any other.
    this.#enter(part.charCodeAt(end) === escape ? 'escape' : 'text');
    return from + end + 1;
  }

  #enter(state: State, held = ''): void {
    this.#state = state;
    this.#held = held;
    this.#swallowed = 0;
  }
}

function runEnd(run: RegExp, text: string, from: number): number {
  run.lastIndex = from;
  run.test(text);
  return run.lastIndex;
}
