/** A colour as the terminal shows it: a number of its palette, or red, green and blue. */
type Colour = string;

const conceal = 8;

/**
 * Drops from colour sequences what hides text from people who read or copy it: the concealed style, and a foreground
 * that is the background. Keeps track of both, as they may come one after the other.
 */
export class VisibleColours {
  #foreground: Colour | undefined;
  #background: Colour | undefined;

  /** A whole sequence, `ESC [ … m`; empty when nothing of it is left. */
  filter(sequence: string): string {
    const all = sequence.slice(2, -1).split(';');
    const kept: string[] = [];
    for (let at = 0; at < all.length;) {
      const size = sizeAt(all, at);
      const group = all.slice(at, at + size);
      if (this.#take(group)) kept.push(...group);
      at += size;
    }
    if (kept.length === all.length) return sequence;
    return kept.length === 0 ? '' : `\x1b[${kept.join(';')}m`;
  }

  /** Whether it leaves the text visible: then it is in force. */
  #take(group: readonly string[]): boolean {
    const [code = 0, ...values] = group.join(':').split(':').map(Number);
    if (code === conceal) return false;
    if (code === 0) {
      this.#foreground = undefined;
      this.#background = undefined;
    } else if (code === 39) this.#foreground = undefined;
    else if (code === 49) this.#background = undefined;
    else if (code === 58) return extended(values) !== undefined;
    else {
      const isForeground = code < 40 || (code >= 90 && code < 100);
      const colour = code === 38 || code === 48 ? extended(values) : basic(code);
      if (colour === undefined) return code !== 38 && code !== 48;
      if (colour === (isForeground ? this.#background : this.#foreground)) return false;
      if (isForeground) this.#foreground = colour;
      else this.#background = colour;
    }
    return true;
  }
}

/** Parameters that belong together: those of an extended colour are no styles of their own. */
function sizeAt(all: readonly string[], at: number): number {
  if (!/^0*[345]8$/.test(all[at] ?? '')) return 1;
  switch (Number(all[at + 1])) {
    case 5:
      return 3;
    case 2:
      return 5;
    default:
      // Nobody knows where it ends.
      return all.length - at;
  }
}

/** `5:n`, `2:r:g:b` or `2:space:r:g:b`; nothing when it is incomplete. */
function extended([kind, ...values]: readonly number[]): Colour | undefined {
  if (kind === 5 && values.length === 1) return `${values[0] ?? 0}`;
  return kind === 2 && values.length >= 3 ? values.slice(-3).join(' ') : undefined;
}

function basic(code: number): Colour | undefined {
  const bright = code >= 90 && code <= 107;
  const number = bright ? code - 90 : code - 30;
  if (number < 0 || number > 17 || number % 10 > 7) return undefined;
  return `${(number % 10) + (bright ? 8 : 0)}`;
}
