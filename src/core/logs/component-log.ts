import type { Clock } from '../clock';
import { oneLine } from '../one-line';
import { LastWords } from './last-words';
import { OutputHistory } from './output-history';
import { withoutProbeLines } from './probe-lines';
import { SafeOutput } from './safe-output';

/** In UTF-16 units: an exception's message may be of any length. */
const longestEvent = 2000;

/** What a component's terminal shows: its output as it comes, and a line for each event of its life. */
export class ComponentLog {
  readonly output = new OutputHistory();
  readonly lastWords = new LastWords();
  readonly #clock: Clock;
  readonly #safe = new Map<string, SafeOutput>();
  #lineOpen = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A sequence that comes in pieces must not mix with that of another process or stream. */
  write(raw: string, process: string, stream: 'stdout' | 'stderr'): void {
    const source = `${process} ${stream}`;
    const safe = this.#safe.get(source) ?? new SafeOutput();
    this.#safe.set(source, safe);
    const text = withoutProbeLines(safe.filter(raw));
    if (text === '') return;
    this.lastWords.add(process, stream, text);
    // A terminal needs the carriage return that a pipe does not carry.
    this.output.append(text.replace(/\r?\n/g, '\r\n'));
    this.#lineOpen = !text.endsWith('\n');
  }

  /** A line of our own, told apart by its colour and its sign. */
  event(text: string): void {
    const time = new Date(this.#clock.date()).toTimeString().slice(0, 8);
    const line = oneLine(text, longestEvent);
    this.output.append(`${this.#lineOpen ? '\r\n' : ''}\u001b[36m▸ ${time} ${line}\u001b[0m\r\n`);
    this.#lineOpen = false;
  }
}
