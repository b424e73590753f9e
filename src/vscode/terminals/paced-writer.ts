import type { Clock } from '../../core/clock';
import type { Disposable } from '../../core/events';
import { outputStart, type OutputHistory, type OutputPart } from '../../core/logs/output-history';
import type { Localize } from '../localize';

const tickMs = 50;
const largestTick = 200_000;
/** 1 MB/s: VS Code queues without bound what its terminal cannot show as fast. */
const bytesPerMs = 1000;

/**
 * Hands output on as fast as a terminal can show it: the history first, then at once while there is little, else up to
 * 200 kB at a time. Of more than that only the last is shown, after a line that says how many lines were left out.
 */
export class PacedWriter implements Disposable {
  readonly #output: OutputHistory;
  readonly #write: (text: string) => void;
  readonly #clock: Clock;
  readonly #l10n: Localize;
  readonly #subscription: Disposable;
  #shown = outputStart;
  #tick: Disposable | undefined;

  constructor(output: OutputHistory, write: (text: string) => void, clock: Clock, l10n: Localize) {
    this.#output = output;
    this.#write = write;
    this.#clock = clock;
    this.#l10n = l10n;
    this.#show(output.since(outputStart));
    this.#subscription = output.onDidAppend(() => {
      if (this.#tick === undefined) this.#next();
    });
  }

  /** Nothing more comes: what is left is handed on at once. */
  finish(): void {
    this.#show(this.#output.since(this.#shown, largestTick));
    this.dispose();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#tick?.dispose();
  }

  #next(): void {
    this.#tick = undefined;
    this.#show(this.#output.since(this.#shown, largestTick));
  }

  #show(part: OutputPart): void {
    const length = part.end.bytes - this.#shown.bytes;
    if (length === 0) return;
    this.#shown = part.end;
    this.#write(part.isCut ? `${this.#notice(part.skippedLines)}${part.text}` : part.text);
    const pause = Math.max(tickMs, Math.min(length, largestTick) / bytesPerMs);
    this.#tick = this.#clock.after(pause, () => this.#next());
  }

  #notice(lines: number): string {
    const text =
      lines === 0
        ? this.#l10n.t('… part of a line skipped …')
        : this.#l10n.t('… {0} lines skipped: see the log file …', lines);
    return `\u001b[0m\r\n\u001b[2m${text}\u001b[0m\r\n`;
  }
}
