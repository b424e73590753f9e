import { expect, it, vi } from 'vitest';
import { say, textOf } from '../../../../../src/core/messages/message';
import type { ClusterPod } from '../../../../../src/core/target/kubernetes/client/cluster-pod';
import {
  eventReason,
  PodDetails,
} from '../../../../../src/core/target/kubernetes/client/pod-details';
import { resourcePaths } from '../../../../../src/core/target/kubernetes/client/resource-paths';
import { ended, FakeKubectl } from '../../../../support/fake-kubectl';
import { ManualClock } from '../../../../support/manual-clock';

const event = (reason: string, message: string, lastTimestamp: string | null = null): object => ({
  ...{ reason, message, lastTimestamp, type: 'Warning', count: 3 },
  eventTime: lastTimestamp === null ? '2026-11-28T12:00:00.000000Z' : null,
});

it.each([
  [
    'Readiness probe failed: HTTP probe failed with statuscode: 503',
    'its readiness probe fails: it answered 503',
  ],
  [
    'Startup probe failed: Get "http://10.0.0.5:3000/livez": dial tcp 10.0.0.5:3000: connect: connection refused',
    'its startup probe fails: connection refused',
  ],
  [
    'Liveness probe failed: Get "http://10.0.0.5:3000/livez": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    'its liveness probe fails: no answer in time',
  ],
  [
    'Readiness probe failed: timeout: failed to connect service "10.0.0.5:3000" within 6s: context deadline exceeded',
    'its readiness probe fails: no answer in time',
  ],
  [
    'Readiness probe failed: service unhealthy (responded with "NOT_SERVING")',
    'its readiness probe fails: service unhealthy (responded with "NOT_SERVING")',
  ],
])('reads the answer of a probe: %s', (message, expected) => {
  expect(textOf(eventReason({ items: [event('Unhealthy', message)] }) ?? '')).toBe(expected);
});

it('takes the latest event that says something', () => {
  const items = [
    event(
      'FailedMount',
      'MountVolume.SetUp failed for volume "tls" : secret "search-tls" not found',
      '2026-11-28T12:01:00Z',
    ),
    event('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500'),
    event('BackOff', 'Back-off restarting failed container', '2026-11-28T12:02:00Z'),
  ];
  expect(textOf(eventReason({ items }) ?? '')).toBe(
    'a volume cannot be mounted: MountVolume.SetUp failed for volume "tls" : secret "search-tls" not found',
  );
  for (const other of [
    undefined,
    {},
    { items: [] },
    { items: [{}] },
    { items: [event('X', 'y')] },
  ]) {
    expect(eventReason(other)).toBeUndefined();
  }
});

const pod = (uid: string, more: Partial<ClusterPod> = {}): ClusterPod => ({
  ...{ uid, name: `pod-${uid}`, owner: 'me', component: 'http', createdAt: 0, restarts: 0 },
  hasPreviousLog: false,
  ...{ state: 'starting', needsEvents: false },
  ...more,
});

function detailed() {
  const fake = new FakeKubectl();
  const clock = new ManualClock();
  const changes = vi.fn();
  const kubectl = fake.kubectl();
  const own = { kubectl, cluster: kubectl };
  const details = new PodDetails(own, resourcePaths('', 'team'), clock, changes);
  const textFor = (one: ClusterPod): string => textOf(details.reasonOf(one) ?? '');
  return { fake, clock, changes, details, textFor };
}

const traceback = `Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/bentoml/serve.py", line 3, in main
    load()
  File "/home/bentoml/bento/src/service.py", line 4, in <module>
    import numpyy
ModuleNotFoundError: No module named 'numpyy'
`;

it('finds the exception in the log of the container before', async () => {
  const { fake, clock, changes, details, textFor } = detailed();
  fake.answer = () => ended(0, traceback);
  const crashed = pod('a', {
    ...{ state: 'backingOff', restarts: 2, reason: say('exitCode', { code: 1 }) },
    crash: { isPrevious: true },
  });
  details.look([crashed]);
  expect(textFor(crashed)).toBe('exited with code 1');
  await clock.pass(0);
  expect(textFor(crashed)).toMatch(/^exited with code 1 \(.*numpyy.*service\.py:4.*\)$/);
  expect(changes).toHaveBeenCalledTimes(1);
  expect(fake.calls[0]?.args).toContain('--previous');
  // Once for each restart.
  for (let count = 0; count < 5; count++) details.look([crashed]);
  await clock.pass(60_000);
  expect(fake.calls).toHaveLength(1);
  details.look([{ ...crashed, restarts: 3 }]);
  await clock.pass(0);
  expect(fake.calls).toHaveLength(2);
  details.dispose();
});

it('reads the events of pods again, of a few, one at a time', async () => {
  const { fake, clock, details, textFor } = detailed();
  const pods = Array.from({ length: 100 }, (_, at) => pod(`${at}`, { needsEvents: true }));
  details.look(pods);
  await clock.pass(0);
  expect(fake.running(/./)).toHaveLength(1);
  const answer = (status: number): string => {
    const message = `Readiness probe failed: HTTP probe failed with statuscode: ${status}`;
    return JSON.stringify({ items: [event('Unhealthy', message)] });
  };
  fake.answer = () => ended(0, answer(503));
  fake.running(/./)[0]?.end(ended(0, answer(503)));
  await clock.pass(0);
  expect(fake.calls.length).toBeLessThan(10);
  expect(textFor(pods[0] as ClusterPod)).toBe('its readiness probe fails: it answered 503');
  fake.answer = () => ended(0, answer(500));
  await clock.pass(10_000);
  expect(textFor(pods[0] as ClusterPod)).toBe('its readiness probe fails: it answered 500');
  // What cannot be read does not replace what is known.
  fake.answer = () => ended(1, '', 'Error from server (Forbidden): events is forbidden');
  await clock.pass(10_000);
  expect(textFor(pods[0] as ClusterPod)).toBe('its readiness probe fails: it answered 500');
  details.look([]);
  fake.calls.length = 0;
  await clock.pass(60_000);
  expect(fake.calls).toEqual([]);
  details.dispose();
  expect(clock.waiting).toBe(0);
});
