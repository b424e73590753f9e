import type { Clock } from '../../core/clock';
import type { Disposable } from '../../core/events';
import type { Localize } from '../localize';

const tickMs = 50;
const largestTick = 200_000;

/**
 * Hands text on as fast as a terminal can show it: at once while there is little, else 200,000 characters
 * every 50 ms. Of more than that only the last is shown, after a line that says how much was left out.
 */
export class PacedWriter implements Disposable {
  readonly #write: (text: string) => void;
  readonly #clock: Clock;
  readonly #l10n: Localize;
  #waiting: string[] = [];
  #length = 0;
  #skipped = 0;
  #tick: Disposable | undefined;

  constructor(write: (text: string) => void, clock: Clock, l10n: Localize) {
    this.#write = write;
    this.#clock = clock;
    this.#l10n = l10n;
  }

  push(text: string): void {
    if (text === '') return;
    this.#waiting.push(text);
    this.#length += text.length;
    this.#shorten();
    if (this.#tick === undefined) this.#flush();
  }

  dispose(): void {
    this.#tick?.dispose();
    this.#waiting = [];
    this.#length = 0;
  }

  /** Keeps what waits bounded, however much comes within a tick. */
  #shorten(): void {
    if (this.#length <= 2 * largestTick) return;
    const kept = lastOf(this.#waiting.join(''));
    this.#skipped += this.#length - kept.length;
    this.#waiting = [kept];
    this.#length = kept.length;
  }

  #flush(): void {
    this.#tick = undefined;
    if (this.#length === 0) return;
    const text = this.#waiting.join('');
    const kept = text.length > largestTick ? lastOf(text) : text;
    const skipped = this.#skipped + text.length - kept.length;
    this.#waiting = [];
    this.#length = 0;
    this.#skipped = 0;
    this.#write(skipped === 0 ? kept : `${this.#notice(skipped)}${kept}`);
    this.#tick = this.#clock.after(tickMs, () => this.#flush());
  }

  #notice(skipped: number): string {
    const text = this.#l10n.t('… {0} characters skipped …', skipped);
    return `\u001b[0m\r\n\u001b[2m${text}\u001b[0m\r\n`;
  }
}

/** From the start of a line where there is one, so that no colour sequence is cut. */
function lastOf(text: string): string {
  const start = text.length - largestTick;
  const line = text.indexOf('\n', start) + 1;
  return text.slice(line === 0 || line >= text.length ? start : line);
}
