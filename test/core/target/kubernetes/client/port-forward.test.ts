import { expect, it, vi } from 'vitest';
import { PortForward } from '../../../../../src/core/target/kubernetes/client/port-forward';
import { ended, FakeKubectl, type KubectlCall } from '../../../../support/fake-kubectl';
import { ManualClock } from '../../../../support/manual-clock';
import { settle } from '../../../../support/settle';

function forwarded() {
  const fake = new FakeKubectl();
  const clock = new ManualClock();
  const forward = new PortForward(fake.kubectl(), clock, {
    ...{ host: '127.0.0.1', port: 3100, podPort: 3000 },
  });
  const changes = vi.fn();
  forward.onDidChange(changes);
  const only = (): KubectlCall => {
    const running = fake.running(/port-forward/);
    expect(running).toHaveLength(1);
    return running[0] as KubectlCall;
  };
  const connect = async (): Promise<void> => {
    only().write('Forwarding from 127.0.0.1:3100 -> 3000\n');
    await settle();
  };
  return { fake, clock, forward, changes, only, connect };
}

const lost = ended(1, '', 'error: lost connection to pod\n');

it('waits for a ready pod, and forwards to it', async () => {
  const { fake, clock, forward, only, connect } = forwarded();
  await clock.pass(60_000);
  expect(fake.calls).toEqual([]);
  expect(forward.state).toEqual({ isUp: false });
  forward.setReady(['a', 'b']);
  await settle();
  expect(only().args).toEqual(['port-forward', 'pod/a', '3100:3000', '--address=127.0.0.1']);
  expect(forward.state).toEqual({ isUp: false });
  await connect();
  expect(forward.state).toEqual({ isUp: true, pod: 'a' });
  forward.dispose();
});

it('takes another pod at once when its pod is no longer ready, at the same port', async () => {
  const { fake, forward, only, connect } = forwarded();
  forward.setReady(['a', 'b']);
  await settle();
  await connect();
  // Other pods do not matter.
  forward.setReady(['c', 'a']);
  await settle();
  expect(fake.calls).toHaveLength(1);
  forward.setReady(['c']);
  await settle();
  expect(only().args.slice(1, 3)).toEqual(['pod/c', '3100:3000']);
  await connect();
  expect(forward.state).toEqual({ isUp: true, pod: 'c' });
  forward.dispose();
});

it('says that it is down and why, and tries again with longer and longer pauses', async () => {
  const { fake, clock, forward, only, connect } = forwarded();
  forward.setReady(['a']);
  await settle();
  await connect();
  await clock.pass(30_000);
  only().end(lost);
  await settle();
  expect(forward.state).toMatchObject({ isUp: false, problem: { code: 'engine-unreachable' } });
  fake.answer = () => lost;
  await clock.pass(60_000);
  const tries = fake.calls.length;
  expect(tries).toBeGreaterThan(5);
  expect(tries).toBeLessThan(16);
  fake.answer = () => undefined;
  await clock.pass(8_000);
  await connect();
  expect(forward.state).toEqual({ isUp: true, pod: 'a' });
  forward.dispose();
});

it('does not try faster because pods change', async () => {
  const { fake, clock, forward } = forwarded();
  fake.answer = () => lost;
  for (let second = 0; second < 60; second++) {
    forward.setReady([`pod-${second}`]);
    await clock.pass(1_000);
  }
  expect(fake.calls.length).toBeLessThan(20);
  forward.dispose();
});

it('says that the port is in use', async () => {
  const { fake, forward } = forwarded();
  fake.answer = () =>
    ended(1, '', 'error: unable to listen on any of the requested ports: [{3100 3000}]');
  forward.setReady(['a']);
  await settle();
  expect(forward.state).toMatchObject({ problem: { code: 'port-in-use', port: 3100 } });
  forward.dispose();
});

it('ends kubectl, and does not begin again', async () => {
  const { fake, clock, forward, changes } = forwarded();
  forward.setReady(['a']);
  await settle();
  forward.dispose();
  changes.mockClear();
  await clock.pass(60_000);
  expect(fake.running(/./)).toEqual([]);
  expect(fake.calls).toHaveLength(1);
  expect(changes).not.toHaveBeenCalled();
  expect(clock.waiting).toBe(0);
});
