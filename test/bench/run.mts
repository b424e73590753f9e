/**
 * `npm run bench` measures everything and draws the chart of docs/how-it-works.md; `npm run bench -- NAME… [ROUNDS]` only what is
 * named, `models`, `torch` and `kubernetes-watch` only then. Prints a table and writes out/bench/results.json. It is no test: a goal that is missed is
 * said, not failed.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../scripts/cache.mts';
import { output } from '../../scripts/run-program.mts';
import { enterTestEnvironment } from '../../scripts/test-environment.mts';
import { chart } from './support/chart.mts';
import { table, type Figure } from './support/figure.mts';

interface Bench {
  readonly figures: (rounds: number) => Promise<readonly Figure[]>;
}

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  serve: () => import('./serve.bench.mts'),
  window: () => import('./window.bench.mts'),
  reload: () => import('./reload.bench.mts'),
  requests: () => import('./requests.bench.mts'),
  debugging: () => import('./debugging.bench.mts'),
  growth: () => import('./growth.bench.mts'),
  discovery: () => import('./discovery.bench.mts'),
  output: () => import('./output.bench.mts'),
  tree: () => import('./tree.bench.mts'),
  'kubernetes-watch': () => import('./kubernetes-watch.bench.mts'),
  painting: () => import('./painting.bench.mts'),
  extension: () => import('./extension.bench.mts'),
  models: () => import('./models.bench.mts'),
  torch: () => import('./torch.bench.mts'),
};
/** Needs large packages, or a cluster. */
const onlyWhenNamed = ['models', 'torch', 'kubernetes-watch'];
/** Measured with the packaged extension in a real window. */
const inWindow = ['window', 'painting', 'extension'];
/** What the chart shows. */
const charted = ['serve', 'torch', 'reload'];

const asked = process.argv.slice(2);
const rounds = Number(asked.find((one) => /^\d+$/.test(one)) ?? 5);
const names = asked.filter((one) => !/^\d+$/.test(one));
const unknown = names.filter((name) => !(name in benches));
if (unknown.length > 0) {
  throw new Error(`${unknown.join(', ')}: there are ${Object.keys(benches).join(', ')}.`);
}

enterTestEnvironment();
const folder = path.join(projectRoot, 'out/bench');
const file = path.join(folder, 'results.json');
await mkdir(folder, { recursive: true });
const results = await before();
const chosen = Object.entries(benches).filter(([name]) =>
  names.length === 0 ? !onlyWhenNamed.includes(name) : names.includes(name),
);
if (chosen.some(([name]) => inWindow.includes(name))) {
  await output(process.execPath, ['scripts/package.mts'], { cwd: projectRoot });
}
for (const [name, load] of chosen) {
  console.log(`\n${name}, ${String(rounds)} rounds`);
  const { figures } = await load();
  const measured = await figures(rounds);
  console.log(table(measured));
  results[name] = measured;
  await writeFile(file, JSON.stringify(results, null, 2));
}
console.log(
  `\n${String(os.cpus().length)} processors, ${os.cpus()[0]?.model ?? ''}, load ${os.loadavg()[0]?.toFixed(1) ?? ''}`,
);
const shown = charted.flatMap((name) => results[name] ?? []);
if (shown.length > 0) await writeFile(path.join(projectRoot, 'media/bench.svg'), chart(shown));

/** What was measured before, of the benches that are not run now. */
async function before(): Promise<Record<string, readonly Figure[]>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, readonly Figure[]>;
  } catch {
    return {};
  }
}
