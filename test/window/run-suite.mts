import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { compiledSuite, suiteRunner } from './bundle-suite.mts';
import { defaultTimeoutSeconds, windowOptions, type CaseContext } from './case-options.mts';
import { openWindow } from './host/open-window.mts';
import type { Host } from './host/setup.mts';
import { ReportFollower } from './report-follower.mts';
import type { Results } from './results.mts';
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
  const report = path.join(out, 'report.jsonl');
  let ended = false;
  let failed = false;
  const follower = new ReportFollower(report, (line) => {
    ended ||= line.kind === 'ended';
    failed ||= line.kind === 'failed';
    results.add(suite.name, line);
  });
  const options = windowOptions(suite.options, context);
  const window = await openWindow(host, out, {
    ...options,
    suite: suiteRunner,
    env: {
      ...options.env,
      SERVE_BENTO_TEST_SUITE: compiledSuite(suite.file),
      SERVE_BENTO_TEST_REPORT: report,
    },
  });
  let problem = '';
  try {
    const seconds = suite.options.timeoutSeconds ?? defaultTimeoutSeconds;
    const code = await withTimeLimit(seconds, window.suiteEnded);
    if (code !== 0) problem = `VS Code reports the code ${String(code)}`;
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  if (problem !== '') await window.screenshot('failed').catch(() => undefined);
  await window.close();
  follower.close();
  // VS Code says 0 when the extension host is killed, or exits, under the suite.
  if (!ended) problem ||= 'the extension host ended before the suite did';
  // A suite that ended has already said which of its cases failed.
  if (problem !== '' && !(ended && failed)) results.failedWith(suite.name, `${problem}: see ${out}`);
}
