import { appendFileSync } from 'node:fs';
import { format } from 'node:util';
import Mocha from 'mocha';
import type { ReportLine } from './report-line';

/** VS Code calls this in the extension host; the environment says which suite, and where to report. */
export async function run(): Promise<void> {
  const report = reportTo(fromEnvironment('SERVE_BENTO_TEST_REPORT'));
  passOnConsole(report);
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: reporter(report) });
  const files = JSON.parse(fromEnvironment('SERVE_BENTO_TEST_SUITE')) as readonly string[];
  for (const file of files) mocha.addFile(file);
  try {
    const failures = await new Promise<number>((resolve) => {
      mocha.run(resolve);
    });
    if (failures > 0) throw new Error(`${String(failures)} failed`);
  } finally {
    report({ kind: 'ended' });
  }
}

type Report = (line: ReportLine) => void;

/** Synchronous: nothing is lost when the extension host ends at once. */
function reportTo(file: string): Report {
  return (line) => {
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
}

function reporter(report: Report): Mocha.ReporterConstructor {
  return class extends Mocha.reporters.Base {
    constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
      super(runner, options);
      runner.on('pass', (test) => {
        report({ kind: 'passed', title: test.fullTitle(), milliseconds: test.duration ?? 0 });
      });
      runner.on('fail', (test, error: unknown) => {
        const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
        report({ kind: 'failed', title: test.fullTitle(), message });
      });
      runner.on('pending', (test) => {
        report({ kind: 'skipped', title: test.fullTitle() });
      });
    }
  };
}

/** VS Code gives console.* getters with empty setters: an assignment would be lost. */
function passOnConsole(report: Report): void {
  for (const name of ['log', 'info', 'warn', 'error'] as const) {
    const original = console[name].bind(console);
    const value = (...values: unknown[]) => {
      report({ kind: 'log', text: format(...values) });
      original(...values);
    };
    Object.defineProperty(console, name, { value, writable: true, configurable: true });
  }
}

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is not set: suites run through test/window/run.mts.`);
  return value;
}
