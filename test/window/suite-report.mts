import { closeSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { Results } from './results.mts';
import type { ReportLine } from './suite-runner/report-line.ts';

/** Passes on what a suite reports while its report grows, and judges how it ended. */
export class SuiteReport {
  readonly #suite: string;
  readonly #results: Results;
  readonly #descriptor: number;
  readonly #decoder = new StringDecoder('utf8');
  readonly #timer: NodeJS.Timeout;
  #position = 0;
  #rest = '';
  #ended = false;
  #failed = false;

  constructor(file: string, suite: string, results: Results) {
    this.#suite = suite;
    this.#results = results;
    writeFileSync(file, '');
    this.#descriptor = openSync(file, 'r');
    this.#timer = setInterval(() => {
      this.#read();
    }, 100);
  }

  /** `problem`: what VS Code, or the way to it, says went wrong; empty when nothing did. */
  close(problem: string): void {
    clearInterval(this.#timer);
    this.#read();
    closeSync(this.#descriptor);
    // A suite that ended has already said which of its cases failed.
    if (this.#ended && (this.#failed || problem === '')) return;
    // VS Code reports success when the extension host is killed, or exits, under the suite.
    const message = problem === '' ? 'the extension host ended before the suite did' : problem;
    this.#results.failedWith(this.#suite, message);
  }

  #read(): void {
    const buffer = Buffer.alloc(fstatSync(this.#descriptor).size - this.#position);
    if (buffer.length === 0) return;
    this.#position += readSync(this.#descriptor, buffer, 0, buffer.length, this.#position);
    const lines = (this.#rest + this.#decoder.write(buffer)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#take(JSON.parse(line) as ReportLine);
  }

  #take(line: ReportLine): void {
    this.#ended ||= line.kind === 'ended';
    this.#failed ||= line.kind === 'failed';
    this.#results.add(this.#suite, line);
  }
}
