// npm test [-- STEP...]: every suite; a failing one hides none of those after it.
// npm run test:all [-- STEP...]: the same with the tests and suites that take too long for every change.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from './cache.mts';
import { stagesOf } from './test/steps.mts';
import { runStep, type Step } from './test/step.mts';
import {
  failedTests,
  flakyTests,
  slowestTests,
  stepLine,
  type StepOutcome,
} from './test/summary.mts';
import { setTraps } from './test/traps.mts';

const words = process.argv.slice(2);
const isAll = words.includes('--all');
const only = words.filter((word) => word !== '--all');
const stages = stagesOf(isAll);
const steps = stages.flat(2);
const names = [...new Set(steps.flatMap(({ name, group }) => [group ?? name, name]))];
const unknown = only.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no step named ${unknown.join(' or ')}, only ${names.join(', ')}.`);
  process.exit(2);
}

// Property tests try the same inputs in each run, so that a failure belongs to the change. `--all` tries new ones.
if (!isAll) process.env['PROPERTY_SEED'] ??= '1';

// The window tests what this run packages, never what an earlier one did.
if (only.length === 0) await rm(path.join(projectRoot, 'out/serve-bento.vsix'), { force: true });

console.log(`Node ${process.version} (${process.execPath}) on ${process.platform} ${process.arch}`);
const traps = setTraps(path.join(projectRoot, 'out/traps'));
const outcomes: StepOutcome[] = [];
const skipped: string[] = [];
const isWanted = ({ name, group = name }: Step) =>
  only.length === 0 || only.includes(name) || only.includes(group);
for (const stage of stages) {
  const lanes = stage.map((lane) => lane.filter(isWanted)).filter((lane) => lane.length > 0);
  await Promise.all(lanes.map((lane) => runLane(lane, lanes.length > 1)));
}
const calls = traps.calls();
const failures = [
  ...failedTests(outcomes),
  ...(calls === '' ? [] : [`FAILED: a program of the machine was called:\n${calls}`]),
];
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const passed = sum(outcomes.map(({ report }) => report.passed)) + (calls === '' ? 1 : 0);
const failed = sum(outcomes.map(({ report }) => report.failed)) + (calls === '' ? 0 : 1);
const slowest = slowestTests(outcomes);
const blocks = [
  slowest.length > 0 ? ['The slowest tests:', ...slowest] : [],
  flakyTests(outcomes),
  failures,
  [
    ...skipped,
    ...outcomes.map(stepLine),
    ...(calls === '' ? ['no program of the machine was called'] : []),
  ],
  [`${passed} passed, ${failed} failed`],
];
for (const lines of blocks) if (lines.length > 0) console.log(`\n${lines.join('\n')}`);
process.exitCode = failed === 0 ? 0 : 1;

/** Beside others it shows the output of a step when that has ended, so that nothing is mixed. */
async function runLane(lane: readonly Step[], besideOthers: boolean): Promise<void> {
  for (const step of lane) {
    if (step.skipped !== undefined) {
      skipped.push(`${step.name}: ${step.skipped}`);
      continue;
    }
    const from = performance.now();
    const report = await runStep(step, projectRoot, besideOthers);
    const seconds = Math.round((performance.now() - from) / 1000);
    outcomes.push({ step: step.name, seconds, report });
  }
}
