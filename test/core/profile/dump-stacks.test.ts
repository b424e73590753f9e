import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { dumpStacks } from '../../../src/core/profile/dump-stacks';
import { HelperRefusal } from '../../../src/core/target/local/helper/helper-connection';
import { FakeProcessHost, HeldWire } from '../../support/fake-process-host';
import { ManualClock } from '../../support/manual-clock';
import { until } from '../../support/until';

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'dump-stacks-'));
  file = path.join(folder, 'stacks-1');
});

afterEach(() => rmSync(folder, { recursive: true }));

const head = 'main 1 <module> /worker.py\n';
const before = 'Thread 0x05 (most recent call first):\n  File "/old.py", line 1 in f\n';
const thread = 'Thread 0x02 (most recent call first):\n  File "/a.py", line 1 in f\n';
const main = '\nCurrent thread 0x01 (most recent call first):\n  File "/b.py", line 2 in g\n';
const outermost = '  File "/worker.py", line 3 in <module>\n';

async function setUp(stacks: boolean) {
  const begin = head.length + before.length;
  const host = new FakeProcessHost(stacks ? { stacks: { file, begin } } : {});
  const clock = new ManualClock();
  const spawned = await host.spawn({
    ...{ process: 'http#1', group: 'http', argv: ['worker'], env: {} },
    ...{ cwd: '/', fds: [], deathSignal: 'SIGKILL' },
  });
  const worker = {
    ...{ component: 'http', componentName: 'Search', process: 'http#1', pid: spawned.pid },
  };
  const cancel = new AbortController();
  const dump = (...others: readonly number[]) =>
    dumpStacks(
      { host, clock },
      [worker, ...others.map((pid) => ({ ...worker, pid }))],
      cancel.signal,
    );
  /** Lets the time go by until that many looks at the file were made. */
  const looks = async (count: number): Promise<void> => {
    for (let look = 0; look < count; look++) {
      await until('it waits', () => clock.waiting > 0);
      await clock.pass(50);
    }
  };
  return { host, clock, worker, cancel, dump, looks };
}

it.each([
  ['until it ends', outermost, 1],
  ['of which the end is unknown, until nothing more comes', '', 20],
])('reads what the worker writes %s, and nothing of earlier times', async (_, end, count) => {
  const { dump, looks, clock } = await setUp(true);
  writeFileSync(file, head + before);
  const dumped = dump();
  await looks(1);
  await until('it waits', () => clock.waiting > 0);
  appendFileSync(file, thread);
  // The worker may be slow.
  await looks(15);
  await until('it waits', () => clock.waiting > 0);
  appendFileSync(file, main + end);
  await looks(count + (end === '' ? 1 : 0));
  const [one] = await dumped;
  expect(one?.threads.map(({ id, isMain }) => [id, isMain])).toEqual([
    ['0x2', false],
    ['0x1', true],
  ]);
  expect(one?.problem).toBeUndefined();
  expect(clock.waiting).toBe(0);
});

it('says that a worker writes nothing', async () => {
  const { dump, looks } = await setUp(true);
  writeFileSync(file, head + before);
  const dumped = dump();
  const expected = expect(dumped).rejects.toMatchObject({
    problem: {
      code: 'stacks',
      component: 'http',
      message: expect.stringContaining('Search did not'),
    },
  });
  await looks(100);
  await expected;
});

it('says that the process writes none, and that its file is gone', async () => {
  const refused = await setUp(false);
  await expect(refused.dump()).rejects.toMatchObject({
    problem: {
      code: 'stacks',
      message: expect.stringContaining('The stacks of Search cannot be shown'),
    },
  });
  const gone = await setUp(true);
  const dumped = gone.dump();
  const expected = expect(dumped).rejects.toMatchObject({ problem: { code: 'stacks' } });
  await gone.looks(1);
  await expected;
});

it('gives those of the other workers when one has none', async () => {
  const { dump, looks } = await setUp(true);
  writeFileSync(file, head + before + main + outermost);
  const dumped = dump(1);
  await looks(1);
  const [one, other] = await dumped;
  expect(one?.threads).toHaveLength(1);
  expect(other).toMatchObject({ threads: [], problem: { code: 'stacks' } });
});

it('ends when it is cancelled', async () => {
  const { dump, cancel, clock } = await setUp(true);
  const dumped = dump();
  await until('it waits', () => clock.waiting > 0);
  cancel.abort();
  await expect(dumped).rejects.toMatchObject({ problem: { code: 'cancelled' } });
  expect(clock.waiting).toBe(0);
});

it('reports that the helper does not respond, and stops waiting for it when cancelled', async () => {
  const wire = new HeldWire();
  const clock = new ManualClock();
  const host = new FakeProcessHost({ wire });
  const worker = { component: 'http', componentName: 'Search', process: 'http#1', pid: 1 };
  const dump = (signal: AbortSignal) => dumpStacks({ host, clock }, [worker], signal);
  const late = expect(dump(new AbortController().signal)).rejects.toThrow('cannot reach Search');
  await clock.pass(5_000);
  await late;
  const cancel = new AbortController();
  const cancelled = expect(dump(cancel.signal)).rejects.toMatchObject({ code: 'cancelled' });
  cancel.abort();
  await cancelled;
  expect(clock.waiting).toBe(0);
});

it('says that the file of the worker is gone when its folder was removed', async () => {
  const { host, dump } = await setUp(true);
  host.dumpStacks = () => Promise.reject(new HelperRefusal('ENOENT', 'No such file'));
  await expect(dump()).rejects.toThrow('the temporary folder that it writes them to was removed');
});
