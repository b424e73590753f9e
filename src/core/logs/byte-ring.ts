const smallest = 16_384;

/**
 * The last bytes of a long text. Outside of the heap: strings that live for a moment at 50 MB/s would grow it by much
 * more than they are.
 */
export class ByteRing {
  readonly #limit: number;
  /** Filled from its start; once it has its full size, from its start again. */
  #bytes = Buffer.alloc(0);
  #next = 0;
  #kept = 0;
  #total = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** All bytes that were ever appended. */
  get total(): number {
    return this.#total;
  }

  append(text: string): void {
    const length = Buffer.byteLength(text);
    this.#total += length;
    this.#grow(this.#kept + length);
    if (this.#next + length <= this.#bytes.length) this.#bytes.write(text, this.#next);
    else this.#wrap(Buffer.from(text));
    this.#next = (this.#next + length) % this.#bytes.length;
    this.#kept = Math.min(this.#kept + length, this.#bytes.length);
  }

  /** A copy of the last ones; fewer when there are not so many. */
  last(count: number): Buffer {
    const length = Math.max(0, Math.min(count, this.#kept));
    const from = this.#next - length;
    if (from >= 0) return Buffer.from(this.#bytes.subarray(from, this.#next));
    return Buffer.concat([this.#bytes.subarray(from), this.#bytes.subarray(0, this.#next)]);
  }

  #wrap(bytes: Buffer): void {
    const size = this.#bytes.length;
    // Of what is longer than all there is room for only the end matters, where it would come to stand.
    const first = Math.max(0, bytes.length - size);
    const at = (this.#next + first) % size;
    const untilEnd = bytes.copy(this.#bytes, at, first);
    bytes.copy(this.#bytes, 0, first + untilEnd);
  }

  #grow(needed: number): void {
    const size = this.#bytes.length;
    if (needed <= size || size === this.#limit) return;
    const grown = Buffer.allocUnsafeSlow(
      Math.min(Math.max(needed, 2 * size, smallest), this.#limit),
    );
    // It has not wrapped yet: it only does at its full size.
    this.#bytes.copy(grown, 0, 0, this.#kept);
    this.#bytes = grown;
    this.#next = this.#kept;
  }
}
