import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ReportLine } from './suite-runner/report-line.ts';

interface Failure {
  readonly test: string;
  readonly error: string;
}

/** Keeps what became of each case and prints a line for it. */
export class Results {
  readonly #timings: { readonly test: string; readonly milliseconds: number }[] = [];
  readonly #failures: Failure[] = [];
  /** Those that failed at the first attempt and passed at the second one. */
  readonly #passedLate: Failure[] = [];

  get failed(): number {
    return this.#failures.length;
  }

  passed(title: string, milliseconds: number): void {
    this.#timings.push({ test: title, milliseconds });
    console.log(`✓ ${title} (${(milliseconds / 1000).toFixed(1)} s)`);
  }

  failedWith(title: string, message: string): void {
    this.#failures.push({ test: title, error: message });
    console.log(`✗ ${title}\n${message.replaceAll(/^/gm, '    ')}`);
  }

  /** Takes in the results of a case. `before`: those of its first attempt, if there were two. */
  include({ results, before }: { readonly results: Results; readonly before?: Results }): void {
    this.#timings.push(...results.#timings);
    this.#failures.push(...results.#failures);
    if (before === undefined) return;
    // What failed as a whole, such as a window that did not open, is no test that could pass by its name.
    const passed = new Set(results.#timings.map(({ test }) => test));
    const isLate = ({ test }: Failure) => passed.has(test) || results.failed === 0;
    this.#passedLate.push(...before.#failures.filter(isLate));
  }

  /** Takes in what a suite reports. */
  add(suite: string, line: ReportLine): void {
    switch (line.kind) {
      case 'passed':
        this.passed(`${suite}: ${line.title}`, line.milliseconds);
        break;
      case 'failed':
        this.failedWith(`${suite}: ${line.title}`, line.message);
        break;
      case 'skipped':
        console.log(`- ${suite}: ${line.title} (skipped)`);
        break;
      case 'log':
        console.log(`  ${suite}: ${line.text}`);
        break;
      case 'ended':
        break;
    }
  }

  write(file: string): void {
    mkdirSync(path.dirname(file), { recursive: true });
    const passed = this.#timings.length;
    const [failures, passedLate, timings] = [this.#failures, this.#passedLate, this.#timings];
    const report = { passed, failed: failures.length, failures, passedLate, timings };
    writeFileSync(file, `${JSON.stringify(report)}\n`);
    console.log(`${passed} passed, ${this.failed} failed`);
  }
}
