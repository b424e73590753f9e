/** How long discovery takes, and how long it keeps others waiting. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type * as Discovery from '../../src/core/discovery/bento-catalog.ts';
import { atMost, median, type Figure, type Goal } from './support/figure.mts';
import { importBundled } from './support/import-bundled.mts';

const { BentoCatalog } = (await importBundled(
  'src/core/discovery/bento-catalog.ts',
)) as typeof Discovery;

export async function figures(rounds: number): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'discovery-bench-'));
  try {
    const goal = { took: atMost(2000), held: atMost(50) };
    const many = await sources(folder, 5_000, 100);
    const dense = await sources(folder, 5_000, 10);
    return [
      ...(await measure('5,000 files, 50 with a service', many, rounds, goal)),
      ...(await measure('5,000 files, 500 with a service', dense, rounds)),
      ...(await measure('one file of 1 MB of statements', await largeFile(folder), rounds)),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sources(folder: string, count: number, serviceEvery: number): Promise<string> {
  const root = join(folder, String(serviceEvery));
  for (let index = 0; index < count; index++) {
    const directory = join(root, `d${String(index % Math.ceil(count / 20))}`);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, `f${String(index)}.py`), source(index % serviceEvery === 0));
  }
  return root;
}

async function largeFile(folder: string): Promise<string> {
  const root = join(folder, 'large');
  await mkdir(root);
  const line = 'x = foo(1, [2, 3], "a")\n';
  await writeFile(join(root, 'large.py'), `${source(true)}${line.repeat(1_000_000 / line.length)}`);
  return root;
}

async function measure(
  what: string,
  root: string,
  rounds: number,
  goal?: { readonly took: Goal; readonly held: Goal },
): Promise<readonly Figure[]> {
  const quiet = (): void => undefined;
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const took: number[] = [];
  const held: number[] = [];
  let found = 0;
  for (let round = 0; round < rounds; round++) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    const exclude = ['**/.x', '**/*.{o,so}'];
    const catalog = new BentoCatalog({ folder: root, exclude, entries: [], log });
    delay.enable();
    const from = performance.now();
    found = (await catalog.refresh()).length;
    took.push(performance.now() - from);
    await pause(20);
    delay.disable();
    held.push(delay.max / 1e6);
    catalog.dispose();
  }
  const bentos = `${String(found)} bentos`;
  return [
    { what, value: median(took), unit: 'ms', ours: bentos, ...(goal && { goal: goal.took }) },
    {
      what: `${what}: event loop held at most`,
      value: Math.max(...held),
      unit: 'ms',
      ...(goal && { goal: goal.held }),
    },
  ];
}

function source(withService: boolean): string {
  const body = 'def f(x):\n    """Text."""\n    return [y * 2 for y in x if y]\n\n\n'.repeat(40);
  return withService
    ? `import bentoml\n\n${body}@bentoml.service(name="x")\nclass A:\n    pass\n`
    : `import os\n\n${body}`;
}
