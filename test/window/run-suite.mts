import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { compiledSuite, suiteRunner } from './bundle-suite.mts';
import { defaultTimeoutSeconds, windowOptions, type CaseContext } from './case-options.mts';
import { openWindow } from './host/open-window.mts';
import type { Host } from './host/setup.mts';
import type { VsCodeWindow } from './host/window.mts';
import type { Results } from './results.mts';
import { SuiteReport } from './suite-report.mts';
import type { Suite } from './suites.mts';
import { withTimeLimit } from './time-limit.mts';

/** Runs a suite in the extension host of a window that has the packaged extension. */
export async function runSuite(
  host: Host,
  suite: Suite,
  context: CaseContext,
  out: string,
  results: Results,
): Promise<void> {
  mkdirSync(out, { recursive: true });
  const reportFile = path.join(out, 'report.jsonl');
  const report = new SuiteReport(reportFile, suite.name, results);
  const options = await windowOptions(suite.options, context);
  let problem = '';
  let window: VsCodeWindow | undefined;
  try {
    window = await openWindow(host, out, {
      ...options,
      suite: suiteRunner,
      env: {
        ...options.env,
        SERVE_BENTO_TEST_SUITE: compiledSuite(suite.files),
        SERVE_BENTO_TEST_REPORT: reportFile,
      },
    });
    const seconds = suite.options.timeoutSeconds ?? defaultTimeoutSeconds;
    const code = await withTimeLimit(seconds, window.suiteEnded);
    if (code !== 0) problem = `VS Code reports the code ${String(code)}: see ${out}`;
  } catch (error) {
    problem = `${error instanceof Error ? error.message : String(error)}: see ${out}`;
  }
  if (problem !== '') await window?.screenshot('failed').catch(() => undefined);
  await window?.close();
  report.close(problem);
}
