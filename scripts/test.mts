// npm test: every suite one after the other; a failing one hides none of those after it.
import { projectRoot } from './cache.mts';
import { runStep, type Step } from './test/step.mts';
import { exitCount, unittestCount, vitestCount, windowCount } from './test/counts.mts';

const minute = 60_000;
const vitest = (project: string): Step => ({
  name: project,
  command: [
    'npx',
    'vitest',
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=out/${project}.json`,
  ],
  limitMs: 20 * minute,
  count: vitestCount(`out/${project}.json`),
});

const steps: readonly Step[] = [
  { name: 'types', command: ['npx', 'tsc'], limitMs: 5 * minute, count: exitCount },
  {
    name: 'lint',
    command: ['npx', 'eslint', '.', '--max-warnings', '0'],
    limitMs: 5 * minute,
    count: exitCount,
  },
  {
    name: 'format',
    command: ['npx', 'prettier', '--check', '.'],
    limitMs: 5 * minute,
    count: exitCount,
  },
  vitest('unit'),
  {
    name: 'python',
    command: ['python3', '-B', '-m', 'unittest', 'discover', '-s', 'test/python', '-t', '.'],
    limitMs: 5 * minute,
    count: unittestCount,
  },
  {
    name: 'environments',
    command: ['node', 'scripts/environments.mts'],
    limitMs: 15 * minute,
    count: exitCount,
  },
  vitest('real'),
  { name: 'package', command: ['npm', 'run', 'package'], limitMs: 5 * minute, count: exitCount },
  {
    name: 'window',
    command: ['node', 'test/window/run.mts'],
    limitMs: 30 * minute,
    count: windowCount('out/window/results.json'),
  },
];

const only = process.argv.slice(2);
let passed = 0;
let failed = 0;
const rows: string[] = [];
for (const step of steps.filter(({ name }) => only.length === 0 || only.includes(name))) {
  const from = performance.now();
  const result = await runStep(step, projectRoot);
  passed += result.passed;
  failed += result.failed;
  const seconds = Math.round((performance.now() - from) / 1000);
  rows.push(`${step.name}: ${result.passed} passed, ${result.failed} failed, ${seconds} s`);
}
console.log(`\n${rows.join('\n')}\n\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
