/** Longer sequences are no sequences: an unterminated one must not swallow what follows. */
const longest = 4096;

const escape = 0x1b;
const bell = 0x07;
const stringTerminator = 0x9c;

/** What nothing has to be looked at for: printable text, tabs, line ends. */

const harmless = /^[\t\n\r\x20-\x7e\u00a0-\uffff]*$/;

/** The rest of `ESC [`: parameters, then one final character. */

const colour = /^\x1b\[[\d;:]*m$/;

type State = 'text' | 'escape' | 'sequence' | 'string' | 'stringEscape';

/**
 * Lets text, line ends, tabs and colours of a process through, and nothing else: other sequences of a terminal could
 * write the clipboard, fake links, move the cursor over what was said, or have the terminal answer.
 */
export class SafeOutput {
  #state: State = 'text';
  #held = '';

  filter(text: string): string {
    if (this.#state === 'text' && harmless.test(text)) return text;
    let safe = '';
    for (const character of text) safe += this.#take(character, character.codePointAt(0) ?? 0);
    return safe;
  }

  #take(character: string, code: number): string {
    switch (this.#state) {
      case 'text':
        return this.#inText(character, code);
      case 'escape':
        return this.#afterEscape(character, code);
      case 'sequence':
        return this.#inSequence(character, code);
      case 'string':
      case 'stringEscape':
        return this.#inString(code);
    }
  }

  #inText(character: string, code: number): string {
    if (code === escape) return this.#enter('escape', character);
    // The one-character forms of CSI and of DCS, SOS, OSC, PM and APC.
    if (code === 0x9b) return this.#enter('sequence', '\x1b[');
    if ([0x90, 0x98, 0x9d, 0x9e, 0x9f].includes(code)) return this.#enter('string', '');
    const isControl =
      (code < 0x20 && !'\t\n\r'.includes(character)) || (code > 0x7e && code < 0xa0);
    return isControl ? '' : character;
  }

  #afterEscape(character: string, code: number): string {
    if (character === '[') return this.#enter('sequence', '\x1b[');
    if (']PX^_'.includes(character)) return this.#enter('string', '');
    if (code === escape) return '';
    // Intermediate characters are followed by one more; a line end belongs to the text.
    if (code >= 0x20 && code <= 0x2f) return '';
    this.#state = 'text';
    return code < 0x20 ? this.#inText(character, code) : '';
  }

  #inSequence(character: string, code: number): string {
    this.#held += character;
    if (code >= 0x20 && code <= 0x3f && this.#held.length < longest) return '';
    const held = this.#held;
    this.#state = 'text';
    if (colour.test(held)) return held;
    // Not a final character: the sequence is broken, and this begins something else.
    return code < 0x40 ? this.#inText(character, code) : '';
  }

  #inString(code: number): string {
    this.#held += ' ';
    const ends =
      code === bell ||
      code === stringTerminator ||
      (this.#state === 'stringEscape' && code === 0x5c) ||
      this.#held.length >= longest;
    this.#state = ends ? 'text' : code === escape ? 'stringEscape' : 'string';
    return '';
  }

  #enter(state: State, held: string): string {
    this.#state = state;
    this.#held = held;
    return '';
  }
}
