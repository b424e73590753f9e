import { StringDecoder } from 'node:string_decoder';
import type { HelperOutput, HelperOutputHeader } from './helper-messages';

/** Text is handed on in small pieces: what is short-lived and small does not make the heap grow. */
const largestPiece = 8_192;
const lineFeed = 10;
/** In bytes: far beyond any message. Of a line that is longer the rest is dropped, so that it does not fill the memory. */
const longestLine = 1024 * 1024;

export interface FrameListeners {
  readonly onLine: (line: string) => void;
  readonly onOutput: (output: HelperOutput) => void;
}

/** Takes apart what comes from the helper: lines, and after some of them raw output, which is decoded as UTF-8. */
export class HelperFrames {
  readonly #listeners: FrameListeners;
  readonly #decoders = new Map<string, StringDecoder>();
  /** The start of a line. */
  #rest: Buffer[] = [];
  #restLength = 0;
  #expected: HelperOutputHeader | undefined;
  #missing = 0;

  constructor(listeners: FrameListeners) {
    this.#listeners = listeners;
  }

  feed(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) {
      at = this.#missing > 0 ? this.#takeOutput(bytes, at) : this.#takeLine(bytes, at);
    }
  }

  /** To be called from `onLine`: so many bytes of output follow. */
  expect(header: HelperOutputHeader): void {
    this.#expected = header;
    this.#missing = header.bytes;
    if (header.bytes === 0) this.#end(header);
  }

  #takeLine(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(lineFeed, from);
    if (end === -1) {
      if (this.#restLength < longestLine) this.#rest.push(bytes.subarray(from));
      this.#restLength += bytes.length - from;
      return bytes.length;
    }
    const line = Buffer.concat([...this.#rest, bytes.subarray(from, end)]).toString();
    this.#rest = [];
    this.#restLength = 0;
    this.#listeners.onLine(line);
    return end + 1;
  }

  #takeOutput(bytes: Buffer, from: number): number {
    const piece = bytes.subarray(from, from + Math.min(this.#missing, largestPiece));
    this.#missing -= piece.length;
    if (this.#expected !== undefined) {
      const { process, stream } = this.#expected;
      const source = `${process} ${stream}`;
      const decoder = this.#decoders.get(source) ?? new StringDecoder('utf8');
      this.#decoders.set(source, decoder);
      this.#tell(this.#expected, decoder.write(piece));
    }
    return from + piece.length;
  }

  /** What is left of a character that never became whole. */
  #end(header: HelperOutputHeader): void {
    const source = `${header.process} ${header.stream}`;
    const decoder = this.#decoders.get(source);
    this.#decoders.delete(source);
    if (decoder !== undefined) this.#tell(header, decoder.end());
  }

  #tell({ process, stream }: HelperOutputHeader, text: string): void {
    if (text !== '') this.#listeners.onOutput({ process, stream, text });
  }
}
