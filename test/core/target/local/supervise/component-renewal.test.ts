import { describe, expect, it } from 'vitest';
import { say } from '../../../../../src/core/messages/message';
import type { ComponentLog } from '../../../../../src/core/logs/component-log';
import {
  renewWorkers,
  type ComponentRenewal,
} from '../../../../../src/core/target/local/supervise/component-renewal';
import { LaunchAttempt } from '../../../../../src/core/target/local/supervise/launch-attempt';
import {
  EarlyExitError,
  type Renewal,
} from '../../../../../src/core/target/local/workers/worker-group';
import { noWorkers } from '../../../../../src/core/target/local/workers/workers';
import { ManualClock } from '../../../../support/manual-clock';
import { FakeProbe } from '../../../../support/supervised';

const exit = { process: 'http#1@2', pid: 7, status: { code: 3, signal: null } };

/** A renewal whose new workers are what a test says. */
function renewing() {
  const clock = new ManualClock();
  clock.jump(700);
  const calls: string[] = [];
  const attempt = new LaunchAttempt(clock, {
    ...{ intervalMs: 5000, timeoutMs: 1000, failureThreshold: 3 },
  });
  const cancel = new AbortController();
  const own = Promise.withResolvers<Renewal>();
  const group = {
    earlyExit: undefined as Renewal['earlyExit'],
    commit: (gracePeriodMs: number): Promise<void> => {
      calls.push(`commit with ${gracePeriodMs} ms`);
      return Promise.resolve();
    },
    abandon: (): Promise<void> => {
      calls.push('abandon');
      return Promise.resolve();
    },
  };
  const component = {
    ...{ id: 'http', name: 'http server', remote: false },
    workers: {
      ...noWorkers,
      renew: (_: unknown, until: AbortSignal) => {
        until.addEventListener('abort', () => own.reject(until.reason), { once: true });
        return own.promise;
      },
    },
    log: { event: (text: string) => void calls.push(text) } as unknown as ComponentLog,
    adviceWhenLate: say('lookAtTerminal'),
    makeProbe: () => new FakeProbe(),
    beforeLaunch: () => Promise.resolve(),
    blockedBy: () => undefined,
    crashProblem: (process: string) => ({
      ...{ code: 'crashed' as const, message: `${process} ended.` },
    }),
  };
  const options = {
    ...{ clock, startTimeoutMs: 60_000, gracePeriodMs: 10_000 },
    isDebugging: () => false,
  };
  const onCommit = (): void => void calls.push('committed');
  const renewal = renewWorkers({ component, options, attempt, onCommit }, cancel.signal);
  renewal.catch(() => undefined);
  const accept = (): Promise<ComponentRenewal> => {
    own.resolve(group);
    return renewal;
  };
  return { clock, calls, attempt, cancel, own, group, renewal, accept };
}

describe('new workers that accept connections', () => {
  it('serve from their commit on, as if the component had been started with them', async () => {
    const { clock, calls, attempt, accept } = renewing();
    const since = clock.date();
    await clock.pass(2000);
    const renewal = await accept();
    expect([calls, clock.waiting, attempt.readyAt]).toEqual([[], 0, undefined]);
    await clock.pass(500);
    await renewal.commit();
    expect(calls).toEqual(['new workers after 2.5 s', 'commit with 10000 ms', 'committed']);
    expect([attempt.startedAt, attempt.readyAt]).toEqual([since, since + 2500]);
  });

  it('are ended when they are abandoned', async () => {
    const { calls, accept } = renewing();
    await (await accept()).abandon();
    expect(calls).toEqual(['abandon']);
  });

  it('are ended when the component has stopped before their commit, and are no failure', async () => {
    const { calls, attempt, group, accept } = renewing();
    const renewal = await accept();
    group.earlyExit = exit;
    attempt.dispose();
    expect(renewal.failure()).toBeUndefined();
    await renewal.commit();
    expect([calls, attempt.readyAt]).toEqual([['abandon'], undefined]);
  });

  it('are a failure of the component once one of them has ended', async () => {
    const { group, accept } = renewing();
    const renewal = await accept();
    expect(renewal.failure()).toBeUndefined();
    group.earlyExit = exit;
    expect(renewal.failure()).toEqual({
      ...{ code: 'crashed', message: 'http#1@2 ended.', component: 'http' },
    });
  });
});

describe('there are no new workers', () => {
  it.each<[string, (set: ReturnType<typeof renewing>) => unknown, object]>([
    [
      'when it is cancelled',
      ({ cancel }) => {
        cancel.abort();
      },
      { code: 'cancelled' },
    ],
    [
      'when one of them ends early',
      ({ own }) => {
        own.reject(new EarlyExitError(exit));
      },
      { problem: { code: 'crashed', message: 'http#1@2 ended.', component: 'http' } },
    ],
    [
      'when they take too long',
      ({ clock }) => clock.pass(60_000),
      {
        problem: {
          ...{ code: 'start-timeout', component: 'http', setting: 'serveBento.startTimeout' },
          message: expect.stringContaining('http server') as unknown,
        },
      },
    ],
    [
      'when they cannot be started',
      ({ own }) => {
        own.reject(new Error('no memory'));
      },
      {
        problem: { component: 'http', message: expect.stringContaining('no memory') as unknown },
      },
    ],
  ])('%s', async (_, act, error) => {
    const set = renewing();
    await act(set);
    await expect(set.renewal).rejects.toMatchObject(error);
    expect(set.clock.waiting).toBe(0);
  });

  it('and that is no failure when the component stops meanwhile', async () => {
    const { clock, calls, attempt, renewal } = renewing();
    attempt.dispose();
    const nothing = await renewal;
    expect(nothing.failure()).toBeUndefined();
    await nothing.commit();
    await nothing.abandon();
    expect([calls, clock.waiting]).toEqual([[], 0]);
  });
});
