import type { Clock } from '../clock';
import type { Disposable } from '../events';
import { textOf, type Argument } from '../messages/message';
import { oneLine } from '../one-line';
import { RecentOutput } from './recent-output';
import { LogFile } from './log-file';
import { LogRecords, openLineMs } from './log-records';
import { OutputHistory } from './output-history';
import { SafeOutput } from './safe-output';

export interface ComponentLogOptions {
  readonly clock: Clock;
  /** Of the log file. */
  readonly path: string;
  readonly maxBytes?: number;
  readonly pieces?: number;
  /** The file cannot be written, or can be again. */
  readonly onFileState?: (failure: Argument | undefined) => void;
}

/** In UTF-16 units: an exception's message may be of any length. */
const longestEvent = 2000;

/** The output of a component and a line for each event of its life: what its terminal shows, and its log file. */
export class ComponentLog {
  readonly output = new OutputHistory();
  readonly recentOutput = new RecentOutput();
  readonly #options: ComponentLogOptions;
  readonly #safe = new Map<string, SafeOutput>();
  readonly #records: LogRecords;
  readonly #file: LogFile;
  #lineOpen = false;
  #overdue: Disposable | undefined;

  constructor(options: ComponentLogOptions) {
    const { clock, onFileState } = options;
    this.#options = options;
    this.#records = new LogRecords(clock);
    this.#file = new LogFile({
      ...options,
      onStop: (reason) => {
        this.#show(`log stopped: ${textOf(reason)}`);
        onFileState?.(reason);
      },
      onResume: () => {
        this.#show('log goes on');
        onFileState?.(undefined);
      },
      gap: (lines) => this.#records.event(`log was stopped: ${lines} lines are missing here`),
    });
  }

  /** Where the log file is; its older pieces are beside it. */
  get path(): string {
    return this.#file.path;
  }

  /**
   * `process` and `stream`: where it comes from; a sequence that comes in pieces must not mix with another's. Gives a
   * promise when no more should be written until it resolves, after 5 s at the latest.
   */
  write(raw: string, process: string, stream: 'stdout' | 'stderr'): Promise<void> | undefined {
    const source = `${process} ${stream}`;
    const safe = this.#safe.get(source) ?? new SafeOutput();
    this.#safe.set(source, safe);
    const text = safe.filter(raw);
    if (text === '') return undefined;
    this.recentOutput.add(process, stream, text);
    this.#file.write(...this.#records.add(text, source));
    this.#watchOpenLines();
    this.#print(text);
    return this.#file.drained;
  }

  /** What the next process of this name says begins anew. */
  ended(process: string): void {
    for (const stream of ['stdout', 'stderr']) {
      const source = `${process} ${stream}`;
      this.#safe.delete(source);
      this.#file.write(this.#records.end(source));
    }
  }

  /** A line of our own, told apart by its colour and its sign. */
  event(text: string): void {
    const line = oneLine(text, longestEvent);
    this.#show(line);
    this.#file.write(this.#records.event(line));
  }

  /** Resolves when all of it is in the file, or given up. */
  flushed(): Promise<void> {
    return this.#file.flushed();
  }

  #print(text: string): void {
    if (text === '') return;
    // A terminal needs the carriage return that a pipe does not carry. Searching for a plain character is far faster.
    this.output.append(
      text.includes('\r') ? text.replace(/\r?\n/g, '\r\n') : text.replace(/\n/g, '\r\n'),
    );
    this.#lineOpen = !text.endsWith('\n');
  }

  #show(line: string): void {
    const time = new Date(this.#options.clock.date()).toTimeString().slice(0, 8);
    this.output.append(`${this.#lineOpen ? '\r\n' : ''}\u001b[36m▸ ${time} ${line}\u001b[0m\r\n`);
    this.#lineOpen = false;
  }

  #watchOpenLines(): void {
    if (!this.#records.hasOpen) return;
    this.#overdue ??= this.#options.clock.after(openLineMs, () => {
      this.#overdue = undefined;
      this.#file.write(this.#records.overdue());
      this.#watchOpenLines();
    });
  }
}
