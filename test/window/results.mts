import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ReportLine } from './suite-runner/report-line.ts';

/** Counts cases and prints a line for each. */
export class Results {
  #passed = 0;
  #failed = 0;

  get failed(): number {
    return this.#failed;
  }

  passed(title: string, milliseconds: number): void {
    this.#passed += 1;
    console.log(`✓ ${title} (${(milliseconds / 1000).toFixed(1)} s)`);
  }

  failedWith(title: string, message: string): void {
    this.#failed += 1;
    console.log(`✗ ${title}\n${message.replaceAll(/^/gm, '    ')}`);
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
    writeFileSync(file, `${JSON.stringify({ passed: this.#passed, failed: this.#failed })}\n`);
    console.log(`${String(this.#passed)} passed, ${String(this.#failed)} failed`);
  }
}
