import type { Clock } from '../clock';
import type { Disposable } from '../events';
import { messageIn, say, type Argument } from '../messages/message';
import type { ComponentWorker } from '../model';
import { oneLine } from '../one-line';
import { pause } from '../pause';
import { problemOf } from '../problem';
import { OutputHistory } from './output-history';
import { SafeOutput } from './safe-output';

/** A request for the output of one worker. */
export interface OutputRequest {
  /** Whether to print the log of the container before the last restart instead. */
  readonly previous: boolean;
  /** The number of earlier lines to include. */
  readonly tail: number;
  /** The time of the earliest line to include, in milliseconds since the epoch. Default: any time. */
  readonly since?: number;
  readonly onOutput: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface WorkerLogOptions {
  readonly clock: Clock;
  readonly previous: boolean;
  /** Returns the worker as it is now; undefined if it is gone. */
  readonly worker: () => ComponentWorker | undefined;
  /** Resolves when there is no more output. Rejects with a `ServeError`. */
  readonly follow: (request: OutputRequest) => Promise<void>;
  /** Translates a notice. */
  readonly text: (notice: Argument) => string;
}

const historyBytes = 1_000_000;
const earlierLines = 1_000;
const firstPauseMs = 1_000;
const longestPauseMs = 8_000;

/** Follows the output of one worker on an engine until the worker is gone. Its memory is bounded. */
export class WorkerLog implements Disposable {
  readonly output = new OutputHistory(historyBytes);
  readonly #options: WorkerLogOptions;
  readonly #end = new AbortController();
  #isLineOpen = false;
  /** Whether the last request has had output. */
  #hasOutput = false;
  #lastNotice = '';

  constructor(options: WorkerLogOptions) {
    this.#options = options;
  }

  /** Call this once. Resolves when no more output will follow. */
  async start(): Promise<void> {
    const isPrinted = this.#options.previous && (await this.#print({ tail: earlierLines }));
    if (!this.#options.previous) await this.#follow();
    if (this.#isOver()) return;
    if (this.#options.worker() === undefined) this.#notice(say('workerGone'));
    else if (isPrinted) this.#notice(say('previousLogEnds'));
    this.#end.abort();
  }

  /** Ends the program that prints the output. What was printed stays. */
  stop(): void {
    if (this.#isOver()) return;
    this.#end.abort();
    this.#notice(say('logNotFollowed'));
  }

  dispose(): void {
    this.#end.abort();
    this.output.dispose();
  }

  async #follow(): Promise<void> {
    const { clock, worker } = this.#options;
    let shown: number | undefined;
    let isFirst = true;
    let ms = firstPauseMs;
    for (let now = worker(); now !== undefined && !this.#isOver(); now = worker()) {
      const { startedAt } = now;
      const isNew = startedAt !== undefined && startedAt !== shown;
      const isRunning =
        startedAt !== undefined && now.state !== 'stopped' && now.state !== 'failed';
      if (isFirst || isNew || isRunning) {
        const began = clock.now();
        // The lines of an earlier container, or those that were shown before the connection was lost, are not repeated.
        const hasEnded = await this.#print(
          isFirst
            ? { tail: earlierLines }
            : { tail: isNew ? earlierLines : 0, ...(isNew ? { since: startedAt } : {}) },
        );
        if (hasEnded || this.#hasOutput) {
          isFirst = false;
          shown = startedAt ?? shown;
        }
        const wasShort = clock.now() - began < longestPauseMs;
        ms = wasShort && !isNew ? Math.min(2 * ms, longestPauseMs) : firstPauseMs;
      }
      await pause(clock, ms, this.#end.signal);
    }
  }

  /** Returns whether the engine has printed the output. */
  async #print(range: Pick<OutputRequest, 'tail' | 'since'>): Promise<boolean> {
    const { previous, follow } = this.#options;
    const { signal } = this.#end;
    // Each request starts with a new filter: the next container does not continue the output of the last one.
    const safe = new SafeOutput();
    this.#hasOutput = false;
    const onOutput = (text: string): void => {
      if (!signal.aborted) this.#append(safe.filter(text));
    };
    const program = new AbortController();
    void this.#endWhenGone(program);
    try {
      const either = AbortSignal.any([signal, program.signal]);
      await follow({ previous, ...range, onOutput, signal: either });
      return true;
    } catch (error) {
      if (!signal.aborted && this.#options.worker() !== undefined) {
        this.#notice(messageIn(problemOf(error, 'engine-failed')));
      }
      return false;
    } finally {
      program.abort();
    }
  }

  /** Docker Compose waits for output of a container that has been removed. */
  async #endWhenGone(program: AbortController): Promise<void> {
    const { clock, worker } = this.#options;
    const either = AbortSignal.any([program.signal, this.#end.signal]);
    while (worker() !== undefined && !either.aborted) await pause(clock, firstPauseMs, either);
    // Its last lines may still come.
    await pause(clock, firstPauseMs, either);
    program.abort();
  }

  #append(text: string): void {
    if (text === '') return;
    this.#hasOutput = true;
    this.#lastNotice = '';
    // A terminal needs the carriage return that a pipe does not carry.
    this.output.append(text.replace(/\r?\n/g, '\r\n'));
    this.#isLineOpen = !text.endsWith('\n');
  }

  /** Prints a notice, unless it is also the last thing that was printed. */
  #notice(notice: Argument): void {
    const line = oneLine(this.#options.text(notice), 1_000);
    if (line === this.#lastNotice) return;
    this.output.append(`${this.#isLineOpen ? '\r\n' : ''}\u001b[36m▸ ${line}\u001b[0m\r\n`);
    this.#isLineOpen = false;
    this.#lastNotice = line;
  }

  /** A method, because the result can change during an `await`. */
  #isOver(): boolean {
    return this.#end.signal.aborted;
  }
}
