// Usage: node test/window/desktop.mts [--only NAME]... [--vscode VERSION]
// The suites of suites.mts on a downloaded desktop VS Code, for machines with a network and a display.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runTests } from '@vscode/test-electron';
import { projectRoot } from '../../scripts/cache.mts';
import { downloadDesktop, hasDisplay, makeDesktopProfile } from '../../scripts/desktop-vscode.mts';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { enterTestEnvironment } from '../../scripts/test-environment.mts';
import { bundleSuites, compiledSuite, suiteRunner } from './bundle-suite.mts';
import { windowOptions, type CaseContext } from './case-options.mts';
import { Results } from './results.mts';
import { SuiteReport } from './suite-report.mts';
import { suites, type Suite } from './suites.mts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    vscode: { type: 'string', default: 'stable' },
  },
});
const vsix = path.join(projectRoot, 'out/serve-bento.vsix');
const wanted = suites.filter(({ name, files, options }) =>
  values.only === undefined
    ? options.long !== true
    : [name, ...files].some((one) => values.only?.includes(one)),
);
const out = path.join(projectRoot, 'out/desktop');
const results = new Results();

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function main(): Promise<void> {
  if (!existsSync(vsix)) {
    throw new Error('There is no out/serve-bento.vsix to test: run "npm run package" first.');
  }
  if (!hasDisplay()) {
    throw new Error(
      'A desktop VS Code needs a display and there is none: use "xvfb-run npm run test:desktop", or "npm run test:window".',
    );
  }
  await downloadDesktop(values.vscode);
  const environments = await ensureEnvironments();
  enterTestEnvironment();
  await bundleSuites([...new Set(wanted.flatMap(({ files }) => files))]);
  for (const suite of wanted) {
    const work = mkdtempSync(path.join(os.tmpdir(), 'sb-'));
    try {
      await runOnDesktop(suite, { environments, vsix, bentomlHome: path.join(work, 'home') }, work);
    } finally {
      rmSync(work, { recursive: true, force: true, maxRetries: 5 });
    }
  }
  results.write(path.join(out, 'results.json'));
  process.exitCode = results.failed > 0 ? 1 : 0;
}

async function runOnDesktop(suite: Suite, context: CaseContext, work: string): Promise<void> {
  const options = await windowOptions(suite.options, context);
  const trust = options.workspaceTrust ?? false;
  const settings = { 'security.workspace.trust.enabled': trust, ...options.settings };
  const profile = await makeDesktopProfile({
    version: values.vscode,
    folder: work,
    vsix,
    settings,
  });
  const source = options.folder ?? '';
  const folder = path.join(work, path.basename(source));
  cpSync(source, folder, { recursive: true });
  mkdirSync(out, { recursive: true });
  const reportFile = path.join(out, `${suite.name}.jsonl`);
  const report = new SuiteReport(reportFile, suite.name, results);
  let problem = '';
  try {
    await runTests({
      vscodeExecutablePath: profile.executable,
      extensionDevelopmentPath: path.dirname(suiteRunner),
      extensionTestsPath: suiteRunner,
      extensionTestsEnv: {
        ...options.env,
        SERVE_BENTO_TEST_SUITE: compiledSuite(suite.files),
        SERVE_BENTO_TEST_REPORT: reportFile,
      },
      launchArgs: [folder, ...profile.args, ...(trust ? [] : ['--disable-workspace-trust'])],
    });
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  report.close(problem);
}
