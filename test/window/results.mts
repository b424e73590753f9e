import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ReportLine } from './suite-runner/report-line.ts';

interface Failure {
  readonly test: string;
  readonly error: string;
}

/** Collects the results of the cases and prints a line for each. */
export class Results {
  readonly #timings: { readonly test: string; readonly milliseconds: number }[] = [];
  readonly #failures: Failure[] = [];
  /** The tests that failed at the first attempt and passed at the second one. */
  readonly #flaky: Failure[] = [];

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

  /** Adds the results of a case. `before`: the results of its first attempt, if there were two. */
  include({ results, before }: { readonly results: Results; readonly before?: Results }): void {
    this.#timings.push(...results.#timings);
    this.#failures.push(...results.#failures);
    if (before === undefined) return;
    // A failure of the whole case, such as a window that did not open, is not the name of a test that can pass.
    const passed = new Set(results.#timings.map(({ test }) => test));
    const isFlaky = ({ test }: Failure) => passed.has(test) || results.failed === 0;
    this.#flaky.push(...before.#failures.filter(isFlaky));
  }

  /** Adds a line of a suite's report. */
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
    const [failures, flaky, timings] = [this.#failures, this.#flaky, this.#timings];
    const report = { passed, failed: failures.length, failures, flaky, timings };
    writeFileSync(file, `${JSON.stringify(report)}\n`);
    console.log(`${passed} passed, ${this.failed} failed`);
  }
}
