import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Run } from '../../../../src/core/programs/run';
import { problemOf } from '../../../../src/core/problem';
import { debugArchiveFor } from '../../../../src/core/registry/engines/debug-archive';
import type { EngineParts } from '../../../../src/core/registry/engines/opened-engine';
import type { EngineDebugStart } from '../../../../src/core/target/engine/debug/engine-debugger';
import { discovered } from '../../../support/bentos';
import { ended } from '../../../support/fake-kubectl';

const start = (token: string): EngineDebugStart => ({
  ...{ components: ['http'], token, raisesLimits: false },
  options: { debugpy: '/env/lib', subProcess: true },
});
const launch = { interpreter: { path: '/env/bin/python' }, env: {} } as unknown as Parameters<
  ReturnType<typeof debugArchiveFor>['write']
>[1];
const { signal } = new AbortController();

/** Returns the archives of a bento. Its Python only creates the file. */
async function archivesOf(result = ended(0)) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'engines-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const world = { now: Date.now(), warnings: [] as string[], packed: 0 };
  const run: Run = async (_file, [, , , file = '']) => {
    world.packed += 1;
    await writeFile(file, '');
    return result;
  };
  const context = {
    engines: { folder, run: () => run },
    ...{ scripts: '/ours', clock: { date: () => world.now } },
    log: { warn: (text: string) => world.warnings.push(text) },
  };
  const parts = { context, record: { bento: discovered() } } as unknown as EngineParts;
  const archives = debugArchiveFor(parts, { engine: { kind: 'compose' } });
  const names = async (): Promise<readonly string[]> =>
    (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.zip'));
  return { archives, names, world };
}

it('writes one file for each token, and removes those that are not used', async () => {
  const { archives, names, world } = await archivesOf();
  const [first, second] = [start('one'), start('two')];
  const file = await archives.write(first, launch, signal);
  expect(await archives.write(first, launch, signal)).toBe(file);
  expect(world.packed).toBe(1);
  expect(file).not.toContain('one');
  await archives.write(second, launch, signal);
  expect(await names()).toHaveLength(2);
  await archives.removeOthers(first);
  expect((await names()).map((name) => path.basename(name))).toEqual([path.basename(file)]);
  await archives.remove(second);
  expect(await names()).toHaveLength(1);
  await archives.remove(first);
  expect(await names()).toEqual([]);
  await archives.write(second, launch, signal);
  await archives.removeOthers();
  expect(await names()).toEqual([]);
});

it('removes files of an earlier window, but none that another window may be writing', async () => {
  const { archives, names, world } = await archivesOf();
  await archives.removeOld();
  await archives.write(start('one'), launch, signal);
  await archives.removeOld();
  expect(await names()).toHaveLength(1);
  world.now += 3_700_000;
  await archives.removeOld();
  expect(await names()).toEqual([]);
  expect(world.warnings).toEqual([]);
});

it.each([
  ['fails', ended(1, '', 'OSError: no space left'), 'debugger'],
  ['is cancelled', { ...ended(1), cancelled: true }, 'cancelled'],
])('leaves no file if packing %s', async (_name, result, code) => {
  const { archives, names } = await archivesOf(result);
  const failure = await archives.write(start('one'), launch, signal).catch(problemOf);
  expect(failure).toMatchObject({ code });
  expect(await names()).toEqual([]);
});
