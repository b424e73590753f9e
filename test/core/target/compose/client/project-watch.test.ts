import { expect, it, vi } from 'vitest';
import { problemTexts, say } from '../../../../../src/core/messages/message';
import type { Container } from '../../../../../src/core/target/compose/client/container';
import { ServeError } from '../../../../../src/core/problem';
import {
  ProjectWatch,
  watchTimings,
} from '../../../../../src/core/target/compose/client/project-watch';
import { ManualClock } from '../../../../support/manual-clock';
import { settle } from '../../../../support/settle';

const container: Container = {
  ...{ id: 'a', name: 'search-http-1', service: 'search-http', number: 1, labels: {} },
  ...{ status: 'running', health: { status: 'healthy' }, isOutOfMemory: false, restarts: 0 },
};
const died = '{"action":"die","type":"container"}';
const unreachable = new ServeError({
  code: 'engine-unreachable',
  ...problemTexts(say('engineUnreachable', { program: 'docker compose', reason: 'refused' })),
});

/** A watch of an engine that tests make answer. */
async function watched(hasEvents = true) {
  const clock = new ManualClock();
  let report: (line: string) => void = () => undefined;
  let endEvents: () => void = () => undefined;
  const containers = vi.fn(async () => Promise.resolve<readonly Container[]>([container]));
  const events = vi.fn(async (onLine: (line: string) => void, signal: AbortSignal) => {
    report = onLine;
    await new Promise<void>((resolve) => {
      endEvents = resolve;
      signal.addEventListener('abort', () => resolve());
    });
  });
  const program = { title: 'docker compose', file: '/docker', args: [], version: '5', hasEvents };
  const watch = new ProjectWatch({ containers, events, program }, clock);
  const changes = vi.fn();
  watch.onDidChange(changes);
  await watch.start();
  await settle();
  return {
    ...{ clock, watch, containers, events, changes },
    report: (line: string) => report(line),
    endEvents: () => endEvents(),
  };
}

it('sees the containers at once, and again when the events are connected', async () => {
  const { clock, watch, containers, changes } = await watched();
  expect(watch.state).toEqual({ containers: [container] });
  expect(containers).toHaveBeenCalledTimes(1);
  await clock.pass(watchTimings.connectMs + watchTimings.settleMs);
  expect(containers).toHaveBeenCalledTimes(2);
  // Nothing new is no change.
  expect(changes).toHaveBeenCalledTimes(1);
  watch.dispose();
});

it('looks once after a burst of events', async () => {
  const { clock, watch, containers, report } = await watched();
  await clock.pass(5_000);
  containers.mockClear();
  containers.mockResolvedValue([{ ...container, status: 'restarting', exitCode: 137 }]);
  for (let count = 0; count < 100; count++) report(died);
  report('{"action":"exec_start: python","type":"container"}');
  await clock.pass(watchTimings.settleMs);
  expect(containers).toHaveBeenCalledTimes(1);
  expect(watch.state.containers[0]?.status).toBe('restarting');
  watch.dispose();
});

it('polls, and more often without events', async () => {
  const first = await watched();
  await first.clock.pass(60_000);
  expect(first.containers.mock.calls.length).toBeLessThan(10);
  first.watch.dispose();
  const second = await watched(false);
  await second.clock.pass(60_000);
  expect(second.events).not.toHaveBeenCalled();
  expect(second.containers.mock.calls.length).toBeGreaterThan(25);
  second.watch.dispose();
});

it('records since when the engine does not answer, retries with a backoff, and recovers', async () => {
  const { clock, watch, containers, changes, endEvents } = await watched();
  await clock.pass(5_000);
  containers.mockRejectedValue(unreachable).mockClear();
  const lost = clock.date();
  endEvents();
  await clock.pass(60_000);
  // The last known containers are kept.
  expect(watch.state.containers).toEqual([container]);
  expect(watch.state.unknown?.problem.code).toBe('engine-unreachable');
  expect(watch.state.unknown?.since).toBe(lost + watchTimings.settleMs);
  expect(containers.mock.calls.length).toBeLessThan(40);
  expect(changes).toHaveBeenCalledTimes(2);
  containers.mockResolvedValue([]);
  await clock.pass(watchTimings.longestRetryMs + watchTimings.settleMs);
  expect(watch.state).toEqual({ containers: [] });
  watch.dispose();
});

it('continues whatever is thrown', async () => {
  const { clock, watch, containers } = await watched();
  await clock.pass(5_000);
  containers.mockRejectedValue(new Error('no such luck'));
  await clock.pass(watchTimings.pollMs);
  expect(watch.state.unknown?.problem.code).toBe('engine-failed');
  containers.mockResolvedValue([container]);
  await clock.pass(watchTimings.longestRetryMs);
  expect(watch.state).toEqual({ containers: [container] });
  watch.dispose();
});

it('ends everything that it has started', async () => {
  const { clock, watch, events, containers } = await watched();
  watch.dispose();
  await settle();
  containers.mockClear();
  await clock.pass(60_000);
  expect(containers).not.toHaveBeenCalled();
  expect(events).toHaveBeenCalledTimes(1);
  expect(clock.waiting).toBe(0);
});
