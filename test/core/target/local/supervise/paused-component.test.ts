import { describe, expect, it } from 'vitest';
import { afterUnlessHeld } from '../../../../../src/core/deadline';
import { ManualClock } from '../../../../support/manual-clock';
import { ok, ready, refused, silent, supervised } from '../../../../support/supervised';

const restarting = { supervisor: { onHang: 'restart' as const } };

describe('a component that a debugger has paused', () => {
  it('stays ready, and is not restarted, however long it is silent', async () => {
    const { supervisor, probe, clock, host } = await ready(restarting);
    const pids = host.living;
    supervisor.setPaused(true);
    probe.answer = silent;
    await clock.pass(3_600_000);
    expect(supervisor.state).toBe('ready');
    expect(host.living).toEqual(pids);
  });

  it('stays ready while something answers for it that it is not', async () => {
    const { supervisor, probe, clock } = await ready();
    supervisor.setPaused(true);
    probe.answer = refused;
    await clock.pass(60_000);
    expect(supervisor.state).toBe('ready');
  });

  it('is restarted when it hangs after it has continued, and not for what was asked before', async () => {
    const { supervisor, probe, clock, workers } = await ready(restarting);
    supervisor.setPaused(true);
    probe.answer = silent;
    await clock.pass(60_000);
    supervisor.setPaused(false);
    await clock.pass(1_500);
    expect(supervisor.state).toBe('ready');
    await clock.pass(60_000);
    expect(workers.restarts).toBeGreaterThan(0);
  });

  it('loses an answer that was asked for while it was paused', async () => {
    const { supervisor, probe, clock } = await ready();
    const held = Promise.withResolvers<undefined>();
    probe.answer = refused;
    const asked: string[] = [];
    probe.delay = () => {
      asked.push('asked');
      return held.promise;
    };
    while (asked.length === 0) await clock.pass(100);
    supervisor.setPaused(true);
    supervisor.setPaused(false);
    held.resolve(undefined);
    await clock.pass(0);
    expect(supervisor.state).toBe('ready');
    probe.answer = ok;
    await clock.pass(10_000);
    expect(supervisor.state).toBe('ready');
  });

  it('says so when a worker of it ends', async () => {
    const { supervisor, crash } = await ready();
    supervisor.setPaused(true);
    await crash();
    expect(supervisor.state).not.toBe('ready');
  });

  it('says so when what it depends on has failed', async () => {
    const { supervisor, facts, probe, clock } = await ready();
    supervisor.setPaused(true);
    facts.blockedBy = 'Embedder, which is no longer running';
    probe.answer = refused;
    await clock.pass(10_000);
    expect(supervisor.state).toBe('unhealthy');
  });
});

it('a component that is debugged has no start deadline', async () => {
  let isDebugging = true;
  const { supervisor, probe, clock } = supervised({
    supervisor: { isDebugging: () => isDebugging },
  });
  probe.answer = refused;
  supervisor.start();
  await clock.pass(600_000);
  expect(supervisor.state).toBe('starting');
  isDebugging = false;
  await clock.pass(120_000);
  expect(supervisor.state).toBe('failed');
});

it('what is held comes as much later again, and not after its end', async () => {
  const clock = new ManualClock();
  const calls: number[] = [];
  let isHeld = true;
  const arm = () =>
    afterUnlessHeld(
      clock,
      100,
      () => isHeld,
      () => void calls.push(clock.now()),
    );
  const ended = arm();
  arm();
  await clock.pass(150);
  ended.dispose();
  isHeld = false;
  await clock.pass(1_000);
  expect(calls).toEqual([200]);
});
