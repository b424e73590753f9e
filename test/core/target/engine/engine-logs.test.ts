import { describe, expect, it } from 'vitest';
import { EngineLogs } from '../../../../src/core/target/engine/engine-logs';
import { applied, FakeApplied, worker } from '../../../support/fake-applied';
import { fakeLog } from '../../../support/fake-engine';
import { ManualClock } from '../../../support/manual-clock';
import { settle } from '../../../support/settle';

function follow(watched: FakeApplied): {
  readonly clock: ManualClock;
  readonly lines: string[];
  readonly opened: Set<string>;
  readonly logs: EngineLogs;
} {
  const clock = new ManualClock();
  const lines: string[] = [];
  const opened = new Set<string>();
  const logFor = (component: string): ReturnType<typeof fakeLog> => {
    opened.add(component);
    return fakeLog(lines);
  };
  return { clock, lines, opened, logs: new EngineLogs(watched, logFor, clock) };
}

const followed = (watched: FakeApplied): readonly string[] =>
  watched.logsFollowed.map((one) => one.worker.name);

it('copies the output of each worker to the log of its component', () => {
  const watched = new FakeApplied([applied(), applied({ id: 'runner:upper' })]);
  const { lines, opened } = follow(watched);
  expect([...opened]).toEqual(['http', 'runner:upper']);
  watched.logsFollowed[0]?.onOutput('Uvicorn running\n');
  watched.logsFollowed[1]?.onOutput('loaded\n');
  expect(lines).toEqual(['search-http-1: Uvicorn running\n', 'search-runner-upper-1: loaded\n']);
});

it('opens the log of a component whose workers have not started', () => {
  const workers = [
    { ...worker({ state: 'starting' }), startedAt: undefined as unknown as number },
  ].map(({ startedAt: _, ...rest }) => rest);
  const watched = new FakeApplied([applied({ state: 'starting', workers })]);
  const { opened } = follow(watched);
  expect([...opened]).toEqual(['http']);
  expect(followed(watched)).toEqual([]);
});

it('follows workers that come, each once, and not those that have ended', async () => {
  const watched = new FakeApplied([applied({ workers: [] })]);
  follow(watched);
  const first = worker({ name: 'a' });
  const ended = worker({ name: 'z', state: 'failed' });
  watched.has(applied({ workers: [first, ended] }));
  watched.has(applied({ workers: [first, ended, worker({ name: 'b', state: 'starting' })] }));
  await settle();
  expect(followed(watched)).toEqual(['a', 'b']);
});

it('follows a log that has ended again, without what it has shown', async () => {
  const watched = new FakeApplied();
  const { clock, lines } = follow(watched);
  watched.logsFollowed[0]?.end();
  await settle();
  expect(followed(watched)).toEqual([]);
  expect(lines).toEqual(['search-http-1 ended']);
  await clock.pass(1_000);
  expect(watched.logRequests.map(({ tail }) => tail)).toEqual([500, 0]);
});

it('follows a container that was restarted from its start, also after a pause', async () => {
  const watched = new FakeApplied([applied({ workers: [worker({ startedAt: 1_000 })] })]);
  const { clock } = follow(watched);
  watched.logsFollowed[0]?.end();
  await settle();
  watched.has(applied({ workers: [worker({ startedAt: 5_000 })] }));
  await clock.pass(1_000);
  expect(watched.logRequests.map(({ tail, since }) => [tail, since])).toEqual([
    [500, undefined],
    [500, 5_000],
  ]);
});

it('asks rarely for a log that ends at once', async () => {
  const watched = new FakeApplied();
  watched.log = () => Promise.reject(new Error('this log driver does not support reading'));
  const { clock } = follow(watched);
  await clock.pass(10 * 60_000);
  expect(watched.logRequests.length).toBeLessThan(30);
  const before = watched.logRequests.length;
  // Changes of other workers do not make it more often.
  for (let count = 0; count < 100; count++) watched.has(applied({ state: 'unhealthy' }));
  await clock.pass(1_000);
  expect(watched.logRequests.length).toBeLessThanOrEqual(before + 1);
});

it('asks soon again for a log that was followed for long', async () => {
  const watched = new FakeApplied();
  const { clock } = follow(watched);
  for (let count = 1; count < 5; count++) {
    await clock.pass(60_000);
    watched.logsFollowed[0]?.end();
    await clock.pass(1_000);
    expect(watched.logRequests).toHaveLength(count + 1);
  }
});

describe('thousands of workers', () => {
  const many = (count: number): FakeApplied =>
    new FakeApplied(
      Array.from({ length: count }, (_, index) =>
        applied({
          id: `service:S${index}`,
          workers: [1, 2, 3, 4, 5].map((number) =>
            worker({ name: `s${index}-${number}`, component: `service:S${index}`, number }),
          ),
        }),
      ),
    );

  it('do not take thousands of processes, and the first of each component comes first', () => {
    const watched = many(1_000);
    const { lines } = follow(watched);
    expect(watched.logsFollowed).toHaveLength(50);
    expect(watched.logsFollowed.every((one) => one.worker.number === 1)).toBe(true);
    const told = 'only the output of 50 workers is shown: some output of this component is missing';
    expect(new Set(lines)).toEqual(new Set([told]));
    // Once for each component.
    expect(lines).toHaveLength(1_000);
    watched.has(...watched.state.components);
    expect(lines).toHaveLength(1_000);
  });

  it('take turns when one of them ends', async () => {
    const watched = many(11);
    const { clock } = follow(watched);
    expect(watched.logsFollowed).toHaveLength(50);
    const waiting = watched.state.components
      .flatMap(({ workers }) => workers)
      .filter(({ name }) => !followed(watched).includes(name));
    watched.logsFollowed[0]?.end();
    await clock.pass(1_000);
    expect(watched.logsFollowed).toHaveLength(50);
    const asked = watched.logRequests.map((one) => one.worker.name);
    expect(waiting.some(({ name }) => asked.includes(name))).toBe(true);
  });
});

it('ends with everything that it follows', async () => {
  const watched = new FakeApplied();
  const { clock, logs, lines } = follow(watched);
  const [log] = watched.logsFollowed;
  logs.dispose();
  await settle();
  expect(watched.logsFollowed).toEqual([]);
  expect(clock.waiting).toBe(0);
  log?.onOutput('late\n');
  watched.has(applied({ workers: [worker({ name: 'new' })] }));
  expect(lines).not.toContain('search-http-1: late\n');
  expect(watched.logRequests).toHaveLength(1);
});
