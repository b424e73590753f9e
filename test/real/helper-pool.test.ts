import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { systemClock } from '../../src/core/clock';
import { launcherFor } from '../../src/core/plan/launcher';
import type { BaseRequest } from '../../src/core/target/local/serve-runtime';
import { forkServerRequest } from '../../src/core/target/local/fork-server/fork-server-request';
import { ServedBefore } from '../../src/core/target/local/fork-server/served-before';
import { WarmUp } from '../../src/core/registry/warm-up';
import { long } from '../support/long';
import { FolderOnDisk } from '../support/folder-on-disk';
import {
  isAlive,
  isIdle,
  parentOf,
  processesWith,
  servingOf,
  forkServersOf,
  waitingPairs,
} from '../support/processes';
import { createHarness, type Harness } from '../support/harness';
import { until } from '../support/until';

const service = [
  'import bentoml',
  '',
  '@bentoml.service',
  'class S:',
  '    @bentoml.api',
  '    def hello(self) -> str:',
  '        return "hello"',
  '',
].join('\n');

const [one, other] = ['one/service.py:S', 'other/service.py:S'] as const;

describe.runIf(process.platform === 'linux')('helpers that wait', () => {
  let python: string;
  let harness: Harness;
  let disk: FolderOnDisk;
  let workspace: string;

  beforeAll(async () => {
    python = (await ensureEnvironments(['bentoml-1.4']))['bentoml-1.4'];
  }, 600_000);

  beforeEach(async () => {
    harness = createHarness({
      sources: (around) => {
        workspace = path.join(around.folder, 'workspace');
        for (const name of ['one', 'other']) {
          mkdirSync(path.join(workspace, name), { recursive: true });
          writeFileSync(path.join(workspace, name, 'service.py'), service);
        }
        disk = new FolderOnDisk({ ...around, folder: workspace }, python);
        return disk.sources;
      },
    });
    await harness.registry.refresh();
  });

  afterEach(async () => {
    await harness.dispose();
    expect(processesWith(harness.mark)).toEqual([]);
  });

  const pairs = () => waitingPairs(processesWith(harness.mark));
  const serving = () => servingOf(processesWith(harness.mark));
  const pidOf = async (id: string): Promise<number> =>
    (await harness.registry.serve(id)).components[0]?.pids[0] ?? 0;

  /** What a serve of it would ask for now. */
  async function request(id: string): Promise<BaseRequest> {
    const { sources } = harness;
    const { platform } = process;
    const bento = sources.discovered().find((found) => found.id === id);
    if (bento === undefined) throw new Error(`no bento ${id}`);
    const settings = sources.settingsFor(bento);
    const signal = new AbortController().signal;
    const interpreter = await sources.findInterpreter(bento, settings, signal);
    const launcher = launcherFor(settings.launcher, platform);
    const forkServer = forkServerRequest({ bento, settings, interpreter, platform, launcher });
    const files = await sources.fileVariables(settings);
    const env = await sources.environmentFor(bento, settings, interpreter, files);
    const forkServerLimitMs = settings.startTimeout * 1000;
    return { folder: bento.folder, python: interpreter.path, env, forkServer, forkServerLimitMs };
  }

  it('are one for each interpreter and environment, however many are stopped at once', async () => {
    await harness.registry.serve(one);
    await harness.registry.serve(other);
    expect(pairs()).toEqual([]);
    await Promise.all([harness.registry.stop(one), harness.registry.stop(other)]);
    expect(serving()).toEqual([]);
    expect(pairs()).toHaveLength(1);
    expect(harness.registry.waitingHelpers).toBe(1);
  });

  it('are one for each also when several are given back at the same moment', async () => {
    const helpers = await harness.registry.helperPool();
    const wanted = await request(one);
    const { signal } = new AbortController();
    const bases = [await helpers.acquire(wanted, signal), await helpers.acquire(wanted, signal)];
    expect(await Promise.all(bases.map(({ forkServer }) => forkServer))).toEqual([
      undefined,
      undefined,
    ]);
    await Promise.all(bases.map((base) => helpers.release(base)));
    expect(serving()).toEqual([]);
    expect(pairs()).toHaveLength(1);
  });

  it('serve what asks for the same, in place of another one', async () => {
    const helpers = await harness.registry.helperPool();
    expect(await helpers.warm(await request(one))).toBeUndefined();
    const [[helper] = []] = pairs();
    expect(parentOf(await pidOf(other))).toBe(helper);
    // The other one's was never there, and a helper with this key serves.
    expect((await helpers.warm(await request(one)))?.inLog).toMatch(/there already/);
    expect(pairs()).toEqual([]);
  });

  it('are taken while they start, and not started beside a serve that starts', async () => {
    const helpers = await harness.registry.helperPool();
    const wanted = await request(one);
    const warming = helpers.warm(wanted);
    const pid = await pidOf(one);
    expect(await warming).toBeUndefined();
    expect(forkServersOf(harness.mark).map(parentOf)).toEqual([parentOf(pid)]);
    await harness.registry.stopAll();
    const starting = harness.registry.serve(one);
    await until('its start', () => processesWith(harness.mark).length > 0);
    expect((await helpers.warm(wanted))?.inLog).toMatch(/there already/);
    await starting;
    await harness.registry.stop(one);
    expect(pairs()).toHaveLength(1);
    expect(serving()).toEqual([]);
  });

  it('are three at most; what was served longest ago goes first', long, async () => {
    const helpers = await harness.registry.helperPool();
    for (const number of ['1', '2', '3']) {
      await disk.set({ env: { NUMBER: number } });
      expect(await helpers.warm(await request(one))).toBeUndefined();
    }
    await disk.set({ env: { NUMBER: '4' } });
    const before = pairs();
    expect(before).toHaveLength(3);
    expect((await helpers.warm(await request(one)))?.inLog).toMatch(/3 helpers wait already/);
    await harness.registry.serve(one);
    await harness.registry.stop(one);
    expect(serving()).toEqual([]);
    expect(pairs()).toHaveLength(3);
    expect(before.filter(([helper]) => isAlive(helper))).toHaveLength(2);
  });

  it('go when everything is stopped, also while they start', async () => {
    const helpers = await harness.registry.helperPool();
    const warming = helpers.warm(await request(one));
    await until('its start', () => processesWith(harness.mark).length > 0);
    await harness.registry.stopAll();
    expect(await warming).not.toBeUndefined();
    expect(processesWith(harness.mark)).toEqual([]);
  });

  it('go with the folder that they are for', async () => {
    await harness.registry.serve(one);
    await harness.registry.stop(one);
    expect(pairs()).toHaveLength(1);
    rmSync(path.join(workspace, 'one'), { recursive: true });
    await harness.registry.refresh();
    // The other one has the same folder.
    expect(pairs()).toHaveLength(1);
    rmSync(path.join(workspace, 'other'), { recursive: true });
    await harness.registry.refresh();
    await until('their end', () => processesWith(harness.mark).length === 0);
    expect(harness.registry.waitingHelpers).toBe(0);
  });

  /** What warms up in a window that has just begun. */
  function newWindow(): WarmUp {
    const { registry, sources, log, state } = harness;
    const servedBefore = new ServedBefore(state);
    return new WarmUp({
      ...{ clock: systemClock, log, platform: process.platform, sources, servedBefore },
      assertTrusted: () => undefined,
      availableMemory: () => Promise.resolve(8e9),
      discovered: (id) => registry.discovered(id),
      areAnswered: () => Promise.resolve(true),
      helpers: () => registry.helperPool(),
      onStopAll: registry.onStopAll,
      settled: Promise.resolve(),
    });
  }

  it('start with idle priority in the next window of what was served, and the serve joins them', async () => {
    const { registry, log } = harness;
    await registry.serve(one);
    // As the end of the window does.
    await registry.stopAll();
    const warmUp = newWindow();
    warmUp.seen(other);
    warmUp.seen(one);
    const [helper, forkServer] = await until('the pair', () => pairs()[0], 20_000);
    expect(isIdle(forkServer)).toBe(true);
    const worker = await pidOf(one);
    expect([parentOf(worker), isIdle(forkServer), isIdle(worker)]).toEqual([helper, false, false]);
    expect(forkServersOf(harness.mark)).toEqual([forkServer]);
    expect(log.lines.filter((line) => line.includes('warming up'))).toHaveLength(1);
    warmUp.dispose();
  });

  it('are there before the first serve of what was seen, where the settings want it', async () => {
    await disk.set({ warmUp: 'onView' });
    const { registry, log } = harness;
    const warmUp = newWindow();
    warmUp.seen(one);
    warmUp.seen(other);
    // What has idle priority waits for everything else on the machine.
    await until('the word', () => log.lines.some((line) => line === 'S: warm'), 120_000);
    await until('the other word', () => log.lines.some((line) => /not warmed up/.test(line)));
    const [[helper] = []] = pairs();
    expect(pairs()).toHaveLength(1);
    expect(parentOf(await pidOf(one))).toBe(helper);
    await registry.stopAll();
    warmUp.seen(one);
    await registry.refresh();
    expect(processesWith(harness.mark)).toEqual([]);
    warmUp.dispose();
  });
});
