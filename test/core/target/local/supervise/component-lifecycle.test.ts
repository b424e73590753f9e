import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../../../src/core/model';
import {
  stopped,
  transition,
  type Lifecycle,
  type LifecycleEvent,
} from '../../../../../src/core/target/local/supervise/component-lifecycle';
import { backoffPolicy } from '../../../../../src/core/target/local/supervise/restart-policy';
import { withDeath } from '../../../../../src/core/target/local/supervise/worker-deaths';

const fresh = backoffPolicy(() => 0.5);
const spent = [0, 1, 2, 3, 4].reduce((policy, at) => policy.next(at)?.policy ?? policy, fresh);
const problem: Problem = { code: 'crashed', message: 'It crashed.' };
const other: Problem = { code: 'not-ready', message: 'It waits.' };
const stop = { to: 'stopped' } as const;
const firstDeath: Problem = { code: 'crashed', message: 'It crashed first.' };
const twoDeaths = withDeath(withDeath(undefined, firstDeath, 0), problem, 50);

const states = {
  stopped,
  starting: { state: 'starting', policy: fresh, again: false },
  startingAgain: { state: 'starting', policy: fresh, again: true },
  startingTwiceDead: { state: 'starting', policy: fresh, again: false, deaths: twoDeaths },
  ready: { state: 'ready', policy: fresh, since: 0 },
  readySpent: { state: 'ready', policy: spent, since: 0 },
  unhealthy: { state: 'unhealthy', policy: fresh, problem: other },
  unhealthyTwiceDead: { state: 'unhealthy', policy: fresh, problem: other, deaths: twoDeaths },
  backingOff: { state: 'backingOff', policy: fresh, problem },
  stopping: { state: 'stopping', then: stop, forced: false },
  stoppingForced: { state: 'stopping', then: stop, forced: true },
  stoppingToFail: { state: 'stopping', then: { to: 'failed', problem }, forced: false },
  stoppingToStart: { state: 'stopping', then: { to: 'starting' }, forced: false },
  stoppingToStartAgain: {
    state: 'stopping',
    then: { to: 'starting', policy: spent },
    forced: false,
  },
  failed: { state: 'failed', problem },
} as const satisfies Record<string, Lifecycle>;

const events = {
  start: { type: 'start' },
  stop: { type: 'stop' },
  restart: { type: 'restart' },
  healthy: { type: 'healthy' },
  unhealthy: { type: 'unhealthy', problem: other, atOnce: false },
  unhealthyAtOnce: { type: 'unhealthy', problem: other, atOnce: true },
  lastWorkerExited: { type: 'workerExited', problem, alive: 0 },
  oneWorkerExited: { type: 'workerExited', problem, alive: 1 },
  workerReplaced: { type: 'workerReplaced', problem },
  hung: { type: 'hung', problem },
  startFailed: { type: 'startFailed', problem },
  deadline: { type: 'deadline', problem },
  backoffElapsed: { type: 'backoffElapsed' },
  renewed: { type: 'renewed' },
  gone: { type: 'gone' },
} as const satisfies Record<string, LifecycleEvent>;

type StateName = keyof typeof states;
type EventName = keyof typeof events;

/** Every event in every state: the next state and the effects; `-` changes nothing. */
const table: Record<StateName, Record<EventName, string>> = {
  stopped: {
    start: 'starting launch',
    stop: '-',
    restart: 'starting launch',
    healthy: '-',
    unhealthy: '-',
    unhealthyAtOnce: '-',
    lastWorkerExited: '-',
    oneWorkerExited: '-',
    workerReplaced: '-',
    hung: '-',
    startFailed: '-',
    deadline: '-',
    backoffElapsed: '-',
    renewed: '-',
    gone: '-',
  },
  starting: {
    start: '-',
    stop: 'stopping terminate',
    restart: 'stopping terminate',
    healthy: 'ready',
    unhealthy: '-',
    unhealthyAtOnce: 'unhealthy',
    lastWorkerExited: 'stopping terminate',
    oneWorkerExited: 'stopping terminate',
    workerReplaced: 'starting',
    hung: '-',
    startFailed: 'stopping terminate',
    deadline: 'stopping terminate',
    backoffElapsed: '-',
    renewed: 'starting',
    gone: '-',
  },
  startingTwiceDead: {
    start: '-',
    stop: 'stopping terminate',
    restart: 'stopping terminate',
    healthy: 'ready',
    unhealthy: '-',
    unhealthyAtOnce: 'unhealthy',
    lastWorkerExited: 'stopping terminate',
    oneWorkerExited: 'stopping terminate',
    workerReplaced: 'stopping terminate',
    hung: '-',
    startFailed: 'stopping terminate',
    deadline: 'stopping terminate',
    backoffElapsed: '-',
    renewed: 'starting',
    gone: '-',
  },
  startingAgain: {
    start: '-',
    stop: 'stopping terminate',
    restart: 'stopping terminate',
    healthy: 'ready',
    unhealthy: '-',
    unhealthyAtOnce: 'unhealthy',
    lastWorkerExited: 'backingOff backOff',
    oneWorkerExited: 'starting replaceAfter',
    workerReplaced: 'starting',
    hung: '-',
    startFailed: 'stopping terminate',
    deadline: 'stopping terminate',
    backoffElapsed: '-',
    renewed: 'starting',
    gone: '-',
  },
  ready: {
    start: '-',
    stop: 'stopping terminate',
    restart: 'stopping terminate',
    healthy: '-',
    unhealthy: 'unhealthy',
    unhealthyAtOnce: 'unhealthy',
    lastWorkerExited: 'backingOff backOff',
    oneWorkerExited: 'ready replaceAfter',
    workerReplaced: '-',
    hung: 'stopping terminate',
    startFailed: '-',
    deadline: '-',
    backoffElapsed: '-',
    renewed: 'ready',
    gone: '-',
  },
  readySpent: {
    start: '-',
    stop: 'stopping terminate',
    restart: 'stopping terminate',
    healthy: '-',
    unhealthy: 'unhealthy',
    unhealthyAtOnce: 'unhealthy',
    lastWorkerExited: 'stopping terminate',
    oneWorkerExited: 'stopping terminate',
    workerReplaced: '-',
    hung: 'stopping terminate',
    startFailed: '-',
    deadline: '-',
    backoffElapsed: '-',
    renewed: 'ready',
    gone: '-',
  },
  unhealthy: {
    start: '-',
    stop: 'stopping terminate',
    restart: 'stopping terminate',
    healthy: 'ready',
    unhealthy: 'unhealthy',
    unhealthyAtOnce: 'unhealthy',
    lastWorkerExited: 'backingOff backOff',
    oneWorkerExited: 'unhealthy replaceAfter',
    workerReplaced: 'unhealthy',
    hung: 'stopping terminate',
    startFailed: '-',
    deadline: '-',
    backoffElapsed: '-',
    renewed: 'unhealthy',
    gone: '-',
  },
  unhealthyTwiceDead: {
    start: '-',
    stop: 'stopping terminate',
    restart: 'stopping terminate',
    healthy: 'ready',
    unhealthy: 'unhealthy',
    unhealthyAtOnce: 'unhealthy',
    lastWorkerExited: 'backingOff backOff',
    oneWorkerExited: 'unhealthy replaceAfter',
    workerReplaced: 'stopping terminate',
    hung: 'stopping terminate',
    startFailed: '-',
    deadline: '-',
    backoffElapsed: '-',
    renewed: 'unhealthy',
    gone: '-',
  },
  backingOff: {
    start: 'starting launch',
    stop: 'stopping terminate',
    restart: 'stopping terminate',
    healthy: '-',
    unhealthy: '-',
    unhealthyAtOnce: '-',
    lastWorkerExited: '-',
    oneWorkerExited: '-',
    workerReplaced: '-',
    hung: '-',
    startFailed: '-',
    deadline: '-',
    backoffElapsed: 'starting launch',
    renewed: 'starting launch',
    gone: '-',
  },
  stopping: {
    start: 'stopping',
    stop: 'stopping kill',
    restart: 'stopping',
    healthy: '-',
    unhealthy: '-',
    unhealthyAtOnce: '-',
    lastWorkerExited: '-',
    oneWorkerExited: '-',
    workerReplaced: '-',
    hung: '-',
    startFailed: '-',
    deadline: '-',
    backoffElapsed: '-',
    renewed: '-',
    gone: 'stopped',
  },
  stoppingForced: {
    start: 'stopping',
    stop: 'stopping',
    restart: 'stopping',
    healthy: '-',
    unhealthy: '-',
    unhealthyAtOnce: '-',
    lastWorkerExited: '-',
    oneWorkerExited: '-',
    workerReplaced: '-',
    hung: '-',
    startFailed: '-',
    deadline: '-',
    backoffElapsed: '-',
    renewed: '-',
    gone: 'stopped',
  },
  stoppingToFail: {
    start: 'stopping',
    stop: 'stopping kill',
    restart: 'stopping',
    healthy: '-',
    unhealthy: '-',
    unhealthyAtOnce: '-',
    lastWorkerExited: '-',
    oneWorkerExited: '-',
    workerReplaced: '-',
    hung: '-',
    startFailed: '-',
    deadline: '-',
    backoffElapsed: '-',
    renewed: '-',
    gone: 'failed',
  },
  stoppingToStart: {
    start: 'stopping',
    stop: 'stopping kill',
    restart: 'stopping',
    healthy: '-',
    unhealthy: '-',
    unhealthyAtOnce: '-',
    lastWorkerExited: '-',
    oneWorkerExited: '-',
    workerReplaced: '-',
    hung: '-',
    startFailed: '-',
    deadline: '-',
    backoffElapsed: '-',
    renewed: '-',
    gone: 'starting launch',
  },
  stoppingToStartAgain: {
    start: 'stopping',
    stop: 'stopping kill',
    restart: 'stopping',
    healthy: '-',
    unhealthy: '-',
    unhealthyAtOnce: '-',
    lastWorkerExited: '-',
    oneWorkerExited: '-',
    workerReplaced: '-',
    hung: '-',
    startFailed: '-',
    deadline: '-',
    backoffElapsed: '-',
    renewed: '-',
    gone: 'starting launch',
  },
  failed: {
    start: 'starting launch',
    stop: 'stopped',
    restart: 'starting launch',
    healthy: '-',
    unhealthy: '-',
    unhealthyAtOnce: '-',
    lastWorkerExited: '-',
    oneWorkerExited: '-',
    workerReplaced: '-',
    hung: '-',
    startFailed: '-',
    deadline: '-',
    backoffElapsed: '-',
    renewed: '-',
    gone: '-',
  },
};

const cases = (Object.keys(states) as StateName[]).flatMap((state) =>
  (Object.keys(events) as EventName[]).map((event) => ({ state, event })),
);

describe('the lifecycle of a component', () => {
  it.each(cases)('$state, then $event', ({ state, event }) => {
    const current: Lifecycle = states[state];
    const { next, effects } = transition(current, events[event], 100, fresh);
    const seen =
      next === current && effects.length === 0
        ? '-'
        : [next.state, ...effects.map((effect) => effect.do)].join(' ');
    expect(seen).toBe(table[state][event]);
  });

  it('starts after a stop when a start was asked for meanwhile', () => {
    const { next } = transition(states.stopping, events.start, 0, fresh);
    expect(transition(next, events.gone, 0, fresh)).toMatchObject({
      next: { state: 'starting' },
      effects: [{ do: 'launch' }],
    });
  });

  it('stays stopped when a stop follows that start', () => {
    const asked = transition(states.stopping, events.start, 0, fresh).next;
    const { next } = transition(asked, events.stop, 0, fresh);
    expect(transition(next, events.gone, 0, fresh).next).toEqual(stopped);
  });

  it('ends a failed start with the reason', () => {
    const { next } = transition(states.starting, events.lastWorkerExited, 0, fresh);
    expect(transition(next, events.gone, 0, fresh).next).toEqual({ state: 'failed', problem });
  });

  it('gives up on workers that die before they are ready, with what the first one died of', () => {
    const { next } = transition(states.startingTwiceDead, events.workerReplaced, 100, fresh);
    expect(transition(next, events.gone, 100, fresh).next).toEqual({
      state: 'failed',
      problem: firstDeath,
    });
  });

  it('counts such deaths within a minute only, and not across being ready', () => {
    const late = transition(states.startingTwiceDead, events.workerReplaced, 60_020, fresh);
    expect(late.next.state).toBe('starting');
    const ready = transition(states.unhealthyTwiceDead, events.healthy, 60, fresh).next;
    const ill = transition(ready, events.unhealthy, 70, fresh).next;
    expect(transition(ill, events.workerReplaced, 80, fresh).next.state).toBe('unhealthy');
  });

  it('a restart for a hang counts as a restart, a restart by hand does not', () => {
    const { next } = transition(states.unhealthy, events.hung, 0, fresh);
    const again = transition(next, events.gone, 0, fresh).next;
    expect(again).toMatchObject({ state: 'starting', again: true, policy: { count: 1 } });
    const asked = transition(next, events.restart, 0, fresh).next;
    expect(transition(asked, events.gone, 0, fresh).next).toMatchObject({
      state: 'starting',
      again: false,
      policy: { count: 0 },
    });
  });

  it('gives up on what hangs again and again', () => {
    const { next } = transition(states.readySpent, events.hung, 10, fresh);
    expect(transition(next, events.gone, 20, fresh).next).toEqual({ state: 'failed', problem });
  });

  it('forgets earlier crashes after a minute of being ready', () => {
    const late = transition(states.readySpent, events.lastWorkerExited, 60_000, fresh);
    expect(late).toMatchObject({
      next: { state: 'backingOff' },
      effects: [{ do: 'backOff', delayMs: 1000 }],
    });
  });
});

describe('the restart policy', () => {
  const delays = (random: number): readonly number[] => {
    const seen: number[] = [];
    let policy = backoffPolicy(() => random);
    for (let step = policy.next(0); step !== undefined; step = policy.next(0)) {
      seen.push(step.delayMs);
      policy = step.policy;
    }
    return seen;
  };

  it('doubles the wait and gives up after five restarts', () => {
    expect(delays(0.5)).toEqual([1000, 2000, 4000, 8000, 16_000]);
  });

  it('varies the wait by a fifth', () => {
    expect(delays(0)[0]).toBe(800);
    expect(delays(1)[0]).toBe(1200);
  });

  it('counts only the last ten minutes', () => {
    expect(spent.next(5)).toBeUndefined();
    expect(spent.next(600_005)?.delayMs).toBe(1000);
  });
});
