// npm test [-- STEP...]: every suite one after the other; a failing one hides none of those after it.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from './cache.mts';
import { steps } from './test/steps.mts';
import { runStep } from './test/step.mts';

const only = process.argv.slice(2);
const unknown = only.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no step named ${unknown.join(' or ')}, only ${steps.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}

// The window tests what this run packages, never what an earlier one did.
if (only.length === 0) await rm(path.join(projectRoot, 'out/serve-bento.vsix'), { force: true });

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
