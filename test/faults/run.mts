// Usage: node test/faults/run.mts [--only NUMBER]...
// Brings about every fault of the table in a real VS Code that has the packaged extension, with real BentoML.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../../scripts/cache.mts';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { enterTestEnvironment } from '../../scripts/test-environment.mts';
import type { CaseContext } from '../window/case-options.mts';
import { bundleHost } from '../support/separate-host.ts';
import { ensureHost } from '../window/host/setup.mts';
import type { JourneyModule } from '../window/journey.mts';
import { runJourney } from '../window/run-journey.mts';
import { isHostFault, isJourneyFault, isSceneFault, type HostFault } from './fault.ts';
import { printRow, printSummary, type Row } from './print-table.mts';
import type { Outcome } from './run-fault.ts';
import { faults } from './table.ts';
import { bundleRunner, runInWindow } from './window/run-in-window.mts';

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
const isWanted = (number: number) => values.only?.includes(String(number)) ?? true;

const vsix = path.join(projectRoot, 'out/serve-bento.vsix');
if (!existsSync(vsix)) {
  throw new Error('There is no out/serve-bento.vsix to test: run "npm run package" first.');
}
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => process.exit(code));
}

const [environments, host] = await Promise.all([ensureEnvironments(), ensureHost()]);
enterTestEnvironment();
await bundleRunner();
const out = path.join(projectRoot, 'out/faults');
const rows: Row[] = [];
const wanted = faults
  .map((fault, index) => ({ fault, index }))
  .filter((one) => isWanted(one.fault.number));
if (wanted.length === 0)
  throw new Error(`No fault has the number ${values.only?.join(' or ') ?? ''}.`);

const add = (row: Row): void => {
  rows.push(row);
  printRow(row);
};

const inWindow = wanted.filter(({ fault }) => isSceneFault(fault)).map(({ index }) => index);
await withContext('window', (context, folder) =>
  runInWindow(host, inWindow, context, folder, (index, outcome) => {
    const fault = faults[index];
    if (fault !== undefined) add({ fault, outcome });
  }),
);
for (const { fault } of wanted) {
  if (isHostFault(fault)) add({ fault, outcome: await runOnHost(fault) });
}
const journeys = new Map<string, Outcome>();
for (const { fault } of wanted) {
  if (!isJourneyFault(fault)) continue;
  const outcome = journeys.get(fault.journey) ?? (await goThrough(fault.journey));
  journeys.set(fault.journey, outcome);
  add({ fault, outcome });
}
for (const { fault } of wanted) if (fault.on === 'elsewhere') add({ fault });
rows.sort((a, b) => a.fault.number - b.fault.number);
writeFileSync(path.join(projectRoot, 'out/faults.json'), JSON.stringify(rows, undefined, 2));
process.exitCode = printSummary(rows) ? 0 : 1;

/** All its times; the first one that is not as expected ends it. */
async function runOnHost(fault: HostFault): Promise<Outcome> {
  const from = performance.now();
  const outcome = (asExpected: boolean, seen: string): Outcome => ({
    asExpected,
    seen,
    milliseconds: Math.round(performance.now() - from),
  });
  const folder = path.join(out, 'host');
  mkdirSync(folder, { recursive: true });
  const parts = {
    python: environments['bentoml-1.4'],
    bundle: await bundleHost(folder),
    runFiles: path.join(folder, 'runs'),
  };
  let seen = '';
  for (let time = 1; time <= fault.times; time++) {
    try {
      seen = await fault.run(parts);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return outcome(false, `time ${time} of ${fault.times}: ${message}`);
    }
  }
  return outcome(true, `${fault.times} of ${fault.times}, the last one: ${seen}`);
}

/** The journeys do themselves what only somebody outside of the extension host can. */
async function goThrough(name: string): Promise<Outcome> {
  const file = path.join(projectRoot, 'test/window/journeys', `${name}.mts`);
  const journey = (await import(file)) as JourneyModule;
  let outcome: Outcome = { asExpected: false, seen: 'nothing', milliseconds: 0 };
  await withContext(name, (context, folder) =>
    runJourney(host, name, journey, context, folder, {
      passed: (_, milliseconds) => {
        outcome = { asExpected: true, seen: `the journey ${name} went well`, milliseconds };
      },
      failedWith: (_, message) => {
        outcome = { asExpected: false, seen: message, milliseconds: 0 };
      },
    }),
  );
  return outcome;
}

async function withContext(
  name: string,
  work: (context: CaseContext, folder: string) => Promise<void>,
): Promise<void> {
  const folder = path.join(out, name);
  rmSync(folder, { recursive: true, force: true });
  const bentomlHome = path.join(folder, 'bentoml-home');
  mkdirSync(bentomlHome, { recursive: true });
  try {
    await work({ environments, vsix, bentomlHome }, folder);
  } finally {
    rmSync(bentomlHome, { recursive: true, force: true });
  }
}
