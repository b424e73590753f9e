import type { Clock } from '../clock';
import { describeExit, type ExitStatus } from '../launch/exit-status';
import type { Problem } from '../model';
import { OutputHistory } from './output-history';
import { rootCause } from './root-cause';
import { SafeOutput } from './safe-output';

/** Enough for the deepest traceback people write. */
const causeLines = 400;

/**
 * Access-log lines of probes that succeeded. Legacy services of BentoML log each one and cannot be told not to: every
 * few seconds one from us would push out of sight what people look for.
 */
const probeLine =
  /^[^\n]*\(scheme=https?,method=GET,path=\/(?:readyz|livez|healthz),[^\n]*\(status=200[^\n]*\n/gm;

/** What a component's terminal shows: its output as it comes, and a line for each event of its life. */
export class ComponentLog {
  readonly output = new OutputHistory();
  readonly #clock: Clock;
  readonly #ownFolder: string;
  readonly #safe = new Map<string, SafeOutput>();
  #lineOpen = false;

  constructor(clock: Clock, ownFolder: string) {
    this.#clock = clock;
    this.#ownFolder = ownFolder;
  }

  /** `source`: the stream it comes from; a sequence that comes in pieces must not mix with another's. */
  write(raw: string, source: string): void {
    const safe = this.#safe.get(source) ?? new SafeOutput();
    this.#safe.set(source, safe);
    const text = safe.filter(raw).replace(probeLine, '');
    if (text === '') return;
    // A terminal needs the carriage return that a pipe does not carry.
    this.output.append(text.replace(/\r?\n/g, '\r\n'));
    this.#lineOpen = !text.endsWith('\n');
  }

  /** A line of our own, told apart by its colour and its sign. */
  event(text: string): void {
    const time = new Date(this.#clock.date()).toTimeString().slice(0, 8);
    const line = text.replace(/[\r\n]+/g, ' ');
    this.output.append(`${this.#lineOpen ? '\r\n' : ''}\u001b[36m▸ ${time} ${line}\u001b[0m\r\n`);
    this.#lineOpen = false;
  }

  /** Why it ended, as far as its last words tell. */
  crashProblem(name: string, status: ExitStatus): Problem {
    const detail = this.output.tail(causeLines);
    const cause = status.signal === null ? rootCause(detail, this.#ownFolder) : undefined;
    const where = cause?.file === undefined ? '' : ` (${cause.file}:${cause.line ?? 1})`;
    return {
      code: 'crashed',
      message:
        cause === undefined
          ? `${name} ${describeExit(status)}: look at its terminal.`
          : `${name} ${describeExit(status)}: ${cause.exception}${where}.`,
      detail,
    };
  }
}
