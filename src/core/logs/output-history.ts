import { Emitter, type Disposable, type Event } from '../events';
import { ByteRing } from './byte-ring';
import { countLines } from './count-lines';

/** In bytes of UTF-8: what a terminal opened late can still replay. */
const defaultLimit = 2_000_000;

/** How far somebody has read. */
export interface OutputPosition {
  readonly bytes: number;
  readonly lines: number;
}

/** What was written since a position, or the last of it. */
export interface OutputPart {
  readonly text: string;
  /** Something before the text was left out. */
  readonly isCut: boolean;
  readonly skippedLines: number;
  readonly end: OutputPosition;
}

export const outputStart: OutputPosition = { bytes: 0, lines: 0 };

/** The last output of one component, bounded, with what comes later as an event. */
export class OutputHistory implements Disposable {
  readonly #limit: number;
  readonly #ring: ByteRing;
  readonly #emitter = new Emitter<string>();
  #lines = 0;

  constructor(limit = defaultLimit) {
    this.#limit = limit;
    this.#ring = new ByteRing(limit);
  }

  /** Fires with every piece appended, as it comes. */
  readonly onDidAppend: Event<string> = this.#emitter.event;

  append(text: string): void {
    if (text === '') return;
    this.#ring.append(text);
    this.#lines += countLines(text);
    this.#emitter.fire(text);
  }

  /** The position of the next output. */
  get end(): OutputPosition {
    return { bytes: this.#ring.total, lines: this.#lines };
  }

  /** What came after `from`, at most `mostBytes` of it: what is left out is left out of its start, in whole lines. */
  since(from: OutputPosition, mostBytes = this.#limit): OutputPart {
    const bytes = this.#ring.last(Math.min(this.#ring.total - from.bytes, mostBytes));
    const isCut = bytes.length < this.#ring.total - from.bytes;
    const text = (isCut ? bytes.subarray(cleanStart(bytes)) : bytes).toString();
    return {
      text,
      isCut,
      skippedLines: this.#lines - from.lines - countLines(text),
      end: this.end,
    };
  }

  /** Everything kept, oldest first; says so when something older was dropped. */
  text(): string {
    const { text, isCut, skippedLines } = this.since(outputStart);
    return isCut ? `… ${skippedLines} older lines dropped …\r\n${text}` : text;
  }

  /** The last lines of the output since `from`, for a problem's detail and for diagnostics. */
  tail(lines: number, from = outputStart): string {
    let mostBytes = 64 * 1024;
    let part = this.since(from, mostBytes);
    while (part.isCut && countLines(part.text) <= lines && mostBytes < this.#limit) {
      mostBytes *= 8;
      part = this.since(from, Math.min(mostBytes, this.#limit));
    }
    return part.text.trimEnd().split('\n').slice(-lines).join('\n');
  }

  dispose(): void {
    this.#emitter.dispose();
  }
}

/** The start of a line, so that no colour sequence is cut; else of a character. */
function cleanStart(bytes: Buffer): number {
  const line = bytes.indexOf(10) + 1;
  if (line > 0 && line < bytes.length) return line;
  const first = bytes.subarray(0, 4).findIndex((byte) => (byte & 0xc0) !== 0x80);
  return Math.max(0, first);
}
