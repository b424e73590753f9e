import { countLines } from './count-lines';

const smallestChunk = 16_384;
const largestChunk = 1_048_576;
/** One is written, one is filled. */
const mostSpares = 2;

interface Chunk {
  readonly bytes: Buffer;
  used: number;
}

/**
 * Records that wait to be written, as bytes, in the pieces in which they are written. These are outside of the heap and
 * used again, or it would be full of garbage at full speed.
 */
export class RecordQueue {
  readonly #chunks: Chunk[] = [];
  readonly #spares: Buffer[] = [];
  #taken: Buffer | undefined;
  #length = 0;
  #chunkSize = smallestChunk;

  /** In bytes. */
  get length(): number {
    return this.#length;
  }

  add(records: string): void {
    const length = Buffer.byteLength(records);
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.bytes.length - chunk.used < length) {
      chunk = { bytes: this.#room(length), used: 0 };
      this.#chunks.push(chunk);
    }
    chunk.used += chunk.bytes.write(records, chunk.used);
    this.#length += length;
  }

  addFirst(records: string): void {
    const bytes = Buffer.from(records);
    this.#chunks.unshift({ bytes, used: bytes.length });
    this.#length += bytes.length;
  }

  /** The next of them, about 1 MB at most. The bytes are good until the next call. */
  take(): Buffer {
    this.#putBack();
    const { bytes, used } = this.#chunks.shift() ?? { bytes: Buffer.alloc(0), used: 0 };
    this.#taken = bytes;
    this.#length -= used;
    return bytes.subarray(0, used);
  }

  /** Forgets all; gives the number of lines that were. */
  clear(): number {
    const forgotten = this.#chunks.splice(0);
    this.#length = 0;
    return forgotten.reduce((n, { bytes, used }) => n + countLines(bytes.subarray(0, used)), 0);
  }

  /** To be called when nothing waits any more: most of the time little does. */
  rest(): void {
    this.#taken = undefined;
    this.#spares.length = 0;
    this.#chunkSize = smallestChunk;
  }

  #room(length: number): Buffer {
    const spare = length <= largestChunk ? this.#spares.pop() : undefined;
    if (spare !== undefined) return spare;
    const size = this.#chunkSize;
    this.#chunkSize = Math.min(2 * size, largestChunk);
    return Buffer.allocUnsafeSlow(Math.max(length, size));
  }

  #putBack(): void {
    const isWorth = this.#taken?.length === largestChunk && this.#spares.length < mostSpares;
    if (this.#taken !== undefined && isWorth) this.#spares.push(this.#taken);
    this.#taken = undefined;
  }
}
