import { Emitter, type Disposable, type Event } from '../events';

/** Two million UTF-16 units: what a terminal opened late can still replay. */
const defaultLimit = 2_000_000;

/** The last output of one component, bounded, with what comes later as an event. */
export class OutputHistory implements Disposable {
  readonly #limit: number;
  readonly #chunks: string[] = [];
  readonly #emitter = new Emitter<string>();
  #length = 0;
  #dropped = 0;

  constructor(limit = defaultLimit) {
    this.#limit = limit;
  }

  /** Fires with every piece appended, as it comes. */
  readonly onDidAppend: Event<string> = this.#emitter.event;

  append(text: string): void {
    if (text === '') return;
    this.#chunks.push(text);
    this.#length += text.length;
    while (this.#length > this.#limit && this.#chunks.length > 1) {
      const oldest = this.#chunks.shift() ?? '';
      this.#length -= oldest.length;
      this.#dropped += oldest.length;
    }
    this.#emitter.fire(text);
  }

  /** Everything kept, oldest first; says so when something older was dropped. */
  text(): string {
    const kept = this.#chunks.join('');
    return this.#dropped > 0 ? `… ${this.#dropped} older characters dropped …\r\n${kept}` : kept;
  }

  /** The last lines, for a problem's detail and for diagnostics. */
  tail(lines: number): string {
    return this.#chunks.join('').trimEnd().split('\n').slice(-lines).join('\n');
  }

  dispose(): void {
    this.#emitter.dispose();
  }
}
