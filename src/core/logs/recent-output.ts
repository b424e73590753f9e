/** Of one process, in UTF-16 units: enough for the deepest traceback, with what came after it. */
const limit = 64_000;

interface Words {
  readonly pieces: { readonly stream: string; readonly text: string }[];
  length: number;
}

/** What each living process has said last: workers of one component talk at the same time. */
export class RecentOutput {
  readonly #words = new Map<string, Words>();

  add(process: string, stream: string, text: string): void {
    const words = this.#words.get(process) ?? { pieces: [], length: 0 };
    this.#words.set(process, words);
    words.pieces.push({ stream, text: text.slice(-limit) });
    words.length += Math.min(text.length, limit);
    while (words.length > limit && words.pieces.length > 1) {
      words.length -= words.pieces.shift()?.text.length ?? 0;
    }
  }

  /**
   * What a process said on each of its streams, errors first, and all of it in the order it came. Forgotten then: who
   * is started in its place has said nothing yet.
   */
  take(process: string): { readonly streams: readonly string[]; readonly all: string } {
    const pieces = this.#words.get(process)?.pieces ?? [];
    this.#words.delete(process);
    const of = (wanted?: string): string =>
      pieces
        .filter(({ stream }) => wanted === undefined || stream === wanted)
        .map(({ text }) => text)
        .join('');
    const names = [...new Set(pieces.map(({ stream }) => stream))].sort();
    return { streams: names.map((name) => of(name)), all: of() };
  }
}
