import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { profileWorker } from '../../../src/core/profile/profile-worker';
import { problemOf } from '../../../src/core/problem';
import type { RunningWorker } from '../../../src/core/profile/running-worker';
import { FakeProcessHost, HeldWire, type FakeHostOptions } from '../../support/fake-process-host';
import { ManualClock } from '../../support/manual-clock';
import { settle } from '../../support/settle';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'profile-worker-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const spec = {
  ...{ process: 'service:Embedder#2', group: 'service:Embedder', argv: ['worker'], env: {} },
  ...{ cwd: '/', fds: [], deathSignal: 'SIGKILL' as const },
};

async function profiling(options: FakeHostOptions & { readonly wire?: HeldWire } = {}) {
  const host = new FakeProcessHost(options);
  const clock = new ManualClock();
  const spawned = host.spawn(spec);
  await options.wire?.deliverAll();
  const { pid } = await spawned;
  const worker: RunningWorker = {
    ...{ component: 'service:Embedder', componentName: 'Embedder', process: spec.process, pid },
  };
  const file = path.join(folder, 'x.cpuprofile');
  const cancel = new AbortController();
  const stop = new AbortController();
  const stopped = stop.signal;
  const begun: boolean[] = [];
  const start = (): Promise<string> =>
    profileWorker({ host, clock, stopped }, worker, {
      ...{ seconds: 30, file, signal: cancel.signal, onBegin: () => begun.push(true) },
    }).then(
      () => 'done',
      (error: unknown) => {
        const { code, message, component } = problemOf(error);
        return [code, component, message].filter((part) => part !== undefined).join(': ');
      },
    );
  return { host, clock, stopped, pid, worker, file, cancel, stop, begun, start };
}

it('is done when the worker has written its profile', async () => {
  const { start, begun, clock, host } = await profiling();
  await expect(start()).resolves.toBe('done');
  expect(begun).toEqual([true]);
  expect(clock.waiting).toBe(0);
  expect(host.requests).not.toContain('endProfile');
});

it.each([
  [{ code: 'gone', message: '' }, 'Embedder #2 ended before its profile was complete.'],
  [{ code: 'already-profiled', message: '' }, 'Embedder #2 is being profiled already.'],
  [{ code: 'OSError', message: 'No space' }, 'Embedder #2 could not write its profile to '],
])('says why there is none: %j', async (profile, message) => {
  const { start, clock } = await profiling({ profile });
  await expect(start()).resolves.toContain(`profile: service:Embedder: ${message}`);
  expect(clock.waiting).toBe(0);
});

it('is refused for a process that does not wait for it', async () => {
  const { host, clock, stopped, worker, file, cancel } = await profiling();
  const other = { ...worker, pid: 1 };
  const request = { seconds: 1, file, signal: cancel.signal };
  await expect(profileWorker({ host, clock, stopped }, other, request)).rejects.toMatchObject({
    problem: { code: 'profile', detail: '1 is none of our processes' },
  });
});

it('is withdrawn when the worker does not begin, whose main thread may hang', async () => {
  const { start, clock, host, begun } = await profiling({ profile: 'silent' });
  const outcome = start();
  await settle();
  await clock.pass(14_999);
  expect(host.requests).not.toContain('endProfile');
  await clock.pass(1);
  expect(await outcome).toContain('Embedder #2 did not start to profile: its main thread hangs');
  expect(host.requests).toContain('endProfile');
  expect(begun).toEqual([]);
  expect(clock.waiting).toBe(0);
});

it('gives up a worker that has begun and does not end', async () => {
  const { start, clock, host } = await profiling({ profile: 'begins' });
  const outcome = start();
  await settle();
  await clock.pass(59_999);
  expect(host.requests).not.toContain('endProfile');
  await clock.pass(1);
  expect(await outcome).toContain('did not finish its profile in time');
  expect(host.requests).toContain('endProfile');
});

it('ends the profile and leaves no file when it is cancelled', async () => {
  const { start, cancel, host, file, clock } = await profiling({ profile: 'begins' });
  const outcome = start();
  await settle();
  for (const name of [file, `${file}.partial`]) writeFileSync(name, '');
  cancel.abort();
  expect(await outcome).toBe('cancelled: Serving was cancelled.');
  expect(host.requests).toContain('endProfile');
  expect(readdirSync(folder)).toEqual([]);
  expect(clock.waiting).toBe(0);
});

it('reports that the bento was stopped, before or after the profile began', async () => {
  for (const profile of ['begins', 'silent'] as const) {
    const { start, stop, clock, host } = await profiling({ profile });
    const outcome = start();
    await settle();
    stop.abort();
    expect(await outcome).toContain('Embedder #2 was stopped before its profile was complete');
    expect(host.requests).toContain('endProfile');
    expect(clock.waiting).toBe(0);
  }
});

it.each(['limit', 'cancel'] as const)(
  'waits for a helper that never answers no longer than its %s',
  async (end) => {
    const wire = new HeldWire();
    const { start, cancel, clock } = await profiling({ wire });
    const outcome = start();
    if (end === 'limit') await clock.pass(15_000);
    else cancel.abort();
    await settle();
    // It is not waited for at the end either.
    await clock.pass(5_000);
    expect(await outcome).toContain(
      end === 'limit' ? 'cannot reach Embedder #2: the process that runs its' : 'cancelled',
    );
    expect(clock.waiting).toBe(0);
  },
);

it('ends with the host', async () => {
  const { start, host } = await profiling({ profile: 'begins' });
  const outcome = start();
  await settle();
  host.die();
  expect(await outcome).toContain('Embedder #2 ended before its profile was complete');
});

it('does not ask when it is cancelled already', async () => {
  const { start, cancel, host } = await profiling();
  cancel.abort();
  expect(await start()).toContain('cancelled');
  expect(host.requests).toEqual(['spawn service:Embedder#2']);
});
