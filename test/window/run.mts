// Usage: node test/window/run.mts [--only NAME]... [--all] [--release current|oldest]
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { projectRoot } from '../../scripts/cache.mts';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { enterTestEnvironment } from '../../scripts/test-environment.mts';
import { bundleSuites } from './bundle-suite.mts';
import type { CaseContext, CaseOptions } from './case-options.mts';
import { releases, type ReleaseName } from './host/release.mts';
import { ensureHost } from './host/setup.mts';
import type { JourneyModule } from './journey.mts';
import { Results } from './results.mts';
import { runJourney } from './run-journey.mts';
import { runSuite } from './run-suite.mts';
import { engineOfRun } from './support/engine.mts';
import { suites } from './suites.mts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    all: { type: 'boolean', default: false },
    release: { type: 'string', default: 'current' },
  },
});
if (!(values.release in releases)) {
  throw new Error(
    `--release is one of ${Object.keys(releases).join(', ')}, not ${values.release}.`,
  );
}
const release = values.release as ReleaseName;
/** Named, or nothing is named and it does not take too long. */
const isWanted = (options: CaseOptions, ...names: readonly string[]) => {
  if (options.engine !== undefined && options.engine !== engineOfRun().kind) return false;
  return values.only === undefined
    ? values.all || options.long !== true
    : names.some((name) => values.only?.includes(name));
};

const vsix = path.join(projectRoot, 'out/serve-bento.vsix');
if (!existsSync(vsix)) {
  throw new Error('There is no out/serve-bento.vsix to test: run "npm run package" first.');
}
const forgotten = namesIn(path.join(import.meta.dirname, 'suite'), '.ts').filter(
  (file) => !suites.some(({ files }) => files.includes(file)),
);
if (forgotten.length > 0) throw new Error(`Not listed in suites.mts: ${forgotten.join(', ')}.`);

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => process.exit(code));
}

const [environments, host] = await Promise.all([ensureEnvironments(), ensureHost(release)]);
enterTestEnvironment();
const journeyFolder = path.join(import.meta.dirname, 'journeys');
const journeys = (await Promise.all(namesIn(journeyFolder, '.mts').map(loadJourney))).filter(
  ({ name, journey }) => isWanted(journey.options ?? {}, name),
);
const wantedSuites = suites.filter(({ name, files, options }) => isWanted(options, name, ...files));
if (journeys.length + wantedSuites.length === 0) {
  throw new Error(`No suite and no journey is named ${values.only?.join(' or ') ?? ''}.`);
}
await bundleSuites([...new Set(wantedSuites.flatMap(({ files }) => files))]);
const results = new Results();
const outRoot = path.join(projectRoot, 'out/window', release === 'current' ? '' : release);

const cases: Case[] = wantedSuites.map((suite) => ({
  name: suite.name,
  alone: suite.options.alone === true,
  run: (context, out, own) => runSuite(host, suite, context, out, own),
}));
for (const { name, journey } of journeys) {
  cases.push({
    name,
    alone: journey.options?.alone === true,
    run: (context, out, own) => runJourney(host, name, journey, context, out, own),
  });
}
/** The cases that failed at the first attempt, with their results. */
const failed: { readonly one: Case; readonly before: Results }[] = [];
// They mostly wait for servers and windows; with three at a time each only gets slower.
const together = cases.filter(({ alone }) => !alone);
await Promise.all([runCases(together), runCases(together)]);
await runCases(cases.filter(({ alone }) => alone));
// They run once more, one at a time. `npm test` reports those that pass only then.
for (const { one, before } of failed) {
  results.include({ results: await attempt(one, `${one.name}-again`), before });
}
results.write(path.join(outRoot, 'results.json'));
process.exitCode = results.failed > 0 ? 1 : 0;

interface Case {
  readonly name: string;
  readonly alone: boolean;
  readonly run: (context: CaseContext, out: string, own: Results) => Promise<void>;
}

async function loadJourney(
  name: string,
): Promise<{ readonly name: string; readonly journey: JourneyModule }> {
  const file = path.join(journeyFolder, `${name}.mts`);
  return { name, journey: (await import(file)) as JourneyModule };
}

/** Takes from the list until it is empty. */
async function runCases(waiting: Case[]): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const first = await attempt(next);
    if (first.failed > 0) failed.push({ one: next, before: first });
    else results.include({ results: first });
  }
}

async function attempt({ name, run }: Case, folder = name): Promise<Results> {
  const own = new Results();
  const out = path.join(outRoot, folder);
  rmSync(out, { recursive: true, force: true });
  const bentomlHome = path.join(out, 'bentoml-home');
  mkdirSync(bentomlHome, { recursive: true });
  try {
    await run({ environments, vsix, bentomlHome }, out, own);
  } catch (error) {
    own.failedWith(name, inspect(error));
  } finally {
    rmSync(bentomlHome, { recursive: true, force: true });
  }
  return own;
}

function namesIn(folder: string, ending: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(ending));
  return files.map((file) => path.basename(file, ending)).sort();
}
