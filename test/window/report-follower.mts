import { closeSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { ReportLine } from './suite-runner/report-line.ts';

/** Reads a suite's report while it grows. */
export class ReportFollower {
  readonly #descriptor: number;
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: ReportLine) => void;
  readonly #timer: NodeJS.Timeout;
  #position = 0;
  #rest = '';

  constructor(file: string, onLine: (line: ReportLine) => void) {
    writeFileSync(file, '');
    this.#descriptor = openSync(file, 'r');
    this.#onLine = onLine;
    this.#timer = setInterval(() => {
      this.#read();
    }, 100);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#read();
    closeSync(this.#descriptor);
  }

  #read(): void {
    const buffer = Buffer.alloc(fstatSync(this.#descriptor).size - this.#position);
    if (buffer.length === 0) return;
    this.#position += readSync(this.#descriptor, buffer, 0, buffer.length, this.#position);
    const lines = (this.#rest + this.#decoder.write(buffer)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(JSON.parse(line) as ReportLine);
  }
}
