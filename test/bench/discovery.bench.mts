/** Prints how long discovery takes and how long it keeps others waiting: `node test/bench/discovery.bench.mts`. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type * as Discovery from '../../src/core/discovery/bento-catalog.ts';
import { importBundled } from './import-bundled.mts';

const folder = await mkdtemp(join(tmpdir(), 'discovery-bench-'));
try {
  const { BentoCatalog } = (await importBundled(
    'src/core/discovery/bento-catalog.ts',
  )) as typeof Discovery;
  await measure(BentoCatalog, 500, 1);
  await measure(BentoCatalog, 500, 10);
  await measure(BentoCatalog, 5_000, 1);
  await measure(BentoCatalog, 5_000, 10);
  await measureLargeFile(BentoCatalog);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(
  catalog: typeof Discovery.BentoCatalog,
  count: number,
  serviceEvery: number,
): Promise<void> {
  const root = join(folder, `${count.toString()}-${serviceEvery.toString()}`);
  for (let index = 0; index < count; index++) {
    const directory = join(root, `d${(index % Math.ceil(count / 20)).toString()}`);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, `f${index.toString()}.py`), source(index % serviceEvery === 0));
  }
  const services = `${count.toString()} files, ${(count / serviceEvery).toString()} with a service`;
  await timed(services, catalog, root);
}

async function measureLargeFile(catalog: typeof Discovery.BentoCatalog): Promise<void> {
  const root = join(folder, 'large');
  await mkdir(root);
  const line = 'x = foo(1, [2, 3], "a")\n';
  await writeFile(join(root, 'large.py'), `${source(true)}${line.repeat(1_000_000 / line.length)}`);
  await timed('one file of 1 MB of statements', catalog, root);
}

async function timed(
  what: string,
  Catalog: typeof Discovery.BentoCatalog,
  root: string,
): Promise<void> {
  const quiet = (): void => undefined;
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  for (const run of ['first', 'again']) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    const catalogued = new Catalog({
      folder: root,
      exclude: ['**/.x', '**/*.{o,so}'],
      entries: [],
      log,
    });
    delay.enable();
    const start = performance.now();
    const { length } = await catalogued.refresh();
    const took = performance.now() - start;
    await new Promise((resolve) => setTimeout(resolve, 20));
    delay.disable();
    const longest = delay.max / 1e6;
    process.stdout.write(
      `${what} (${run}): ${length.toString()} bentos in ${took.toFixed(0)} ms, event loop held for ${longest.toFixed(0)} ms at most\n`,
    );
    catalogued.dispose();
  }
}

function source(withService: boolean): string {
  const body = 'def f(x):\n    """Text."""\n    return [y * 2 for y in x if y]\n\n\n'.repeat(40);
  return withService
    ? `import bentoml\n\n${body}@bentoml.service(name="x")\nclass A:\n    pass\n`
    : `import os\n\n${body}`;
}
