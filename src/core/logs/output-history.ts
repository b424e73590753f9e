import { Emitter, type Disposable, type Event } from '../events';
import { countLines } from './count-lines';

/** Two million UTF-16 units: what a terminal opened late can still replay. */
const defaultLimit = 2_000_000;
/** Small pieces are kept together: a list of very many is slow to shorten. */
const largestBlock = 16_384;

/** The last output of one component, bounded, with what comes later as an event. */
export class OutputHistory implements Disposable {
  readonly #limit: number;
  readonly #blockLength: number;
  readonly #blocks: string[] = [];
  readonly #emitter = new Emitter<string>();
  #length = 0;
  #droppedLines = 0;
  /** What is kept begins within a line. */
  #cut = false;

  constructor(limit = defaultLimit) {
    this.#limit = limit;
    this.#blockLength = Math.min(largestBlock, limit / 8);
  }

  /** Fires with every piece appended, as it comes. */
  readonly onDidAppend: Event<string> = this.#emitter.event;

  append(text: string): void {
    if (text === '') return;
    const last = this.#blocks.at(-1);
    if (last === undefined || last.length + text.length > this.#blockLength) this.#blocks.push(text);
    else this.#blocks[this.#blocks.length - 1] = last + text;
    this.#length += text.length;
    while (this.#length > this.#limit && this.#blocks.length > 1) {
      const oldest = this.#blocks.shift() ?? '';
      this.#length -= oldest.length;
      this.#droppedLines += countLines(oldest);
      this.#cut = !oldest.endsWith('\n');
    }
    this.#emitter.fire(text);
  }

  /** Everything kept, oldest first; says so when something older was dropped. */
  text(): string {
    const kept = this.#blocks.join('');
    if (this.#droppedLines === 0 && !this.#cut) return kept;
    // What is left of a line whose start is gone goes with it.
    const start = this.#cut ? kept.indexOf('\n') + 1 : 0;
    const lines = this.#droppedLines + (start === 0 ? 0 : 1);
    return `… ${lines} older lines dropped …\r\n${kept.slice(start)}`;
  }

  /** The last lines, for a problem's detail and for diagnostics. */
  tail(lines: number): string {
    let first = this.#blocks.length;
    for (let found = 0; first > 0 && found <= lines; ) {
      first -= 1;
      found += countLines(this.#blocks[first] ?? '');
    }
    return this.#blocks.slice(first).join('').trimEnd().split('\n').slice(-lines).join('\n');
  }

  dispose(): void {
    this.#emitter.dispose();
  }
}
