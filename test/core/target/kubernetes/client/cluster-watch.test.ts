import { expect, it, vi } from 'vitest';
import {
  ClusterWatch,
  clusterWatchTimings,
} from '../../../../../src/core/target/kubernetes/client/cluster-watch';
import type { ClusterReader } from '../../../../../src/core/target/kubernetes/client/cluster-reader';
import { resourcePaths } from '../../../../../src/core/target/kubernetes/client/resource-paths';
import { ended, FakeKubectl, type KubectlCall } from '../../../../support/fake-kubectl';
import { ManualClock } from '../../../../support/manual-clock';
import { deploymentJson, podJson, type Json } from '../../../../support/pod-json';
import { settle } from '../../../../support/settle';

const watching = /watch=1/;
const refused = ended(
  1,
  '',
  'The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?\n',
);

const pod = (uid: string, resourceVersion: string, more: Json = {}): Json =>
  podJson({ metadata: { uid, name: uid, resourceVersion, ...more } });

/** A cluster that has these objects, and whose watches the test makes report. */
function clusterOf(objects: { pods: readonly Json[]; deployments: readonly Json[] }) {
  const fake = new FakeKubectl();
  const state = { ...objects, version: '10', failure: undefined as typeof refused | undefined };
  fake.answer = (args) => {
    const [, raw = ''] = args;
    if (state.failure !== undefined) return state.failure;
    if (watching.test(raw)) return undefined;
    const items = /\/pods\?/.test(raw) ? state.pods : state.deployments;
    return ended(0, JSON.stringify({ metadata: { resourceVersion: state.version }, items }));
  };
  const clock = new ManualClock();
  const paths = resourcePaths('', 'team');
  const watch = new ClusterWatch(fake.kubectl(), paths, { owner: 'me' }, clock);
  const changes = vi.fn();
  watch.onDidChange(changes);
  const stream = (resource: string): KubectlCall => {
    const found = fake.running(new RegExp(`/${resource}\\?.*watch=1`))[0];
    if (found === undefined) throw new Error(`no watch of ${resource}`);
    return found;
  };
  const names = (): readonly string[] => watch.state.pods.map(({ name }) => name).sort();
  return { fake, state, clock, watch, changes, stream, names };
}

async function started(pods: readonly Json[] = [pod('a', '1')]) {
  const cluster = clusterOf({ pods, deployments: [deploymentJson()] });
  await cluster.watch.start();
  await cluster.clock.pass(clusterWatchTimings.settleMs + clusterWatchTimings.busySettleMs);
  cluster.changes.mockClear();
  return cluster;
}

const line = (type: string, object: Json): string => `${JSON.stringify({ type, object })}\n`;

it('lists what there is, and watches from the version of the list', async () => {
  const { watch, fake, stream } = await started();
  expect(watch.state.pods.map(({ name }) => name)).toEqual(['a']);
  expect(watch.state.deployments.map(({ componentId }) => componentId)).toEqual(['http']);
  expect(stream('pods').args.join(' ')).toContain('resourceVersion=10');
  expect(fake.count(/labelSelector=owner%3Dme/)).toBe(fake.calls.length);
  watch.dispose();
});

it('reports a burst of changes once, and no change that nobody sees', async () => {
  const { watch, clock, changes, stream, names } = await started();
  const text = [
    line('ADDED', pod('b', '11')),
    line('MODIFIED', pod('a', '12', { annotations: { x: 'y' } })),
    line('DELETED', pod('a', '13')),
    line('BOOKMARK', { kind: 'Pod', metadata: { resourceVersion: '20' } }),
  ].join('');
  // In pieces, as a pipe gives it.
  for (let at = 0; at < text.length; at += 100) stream('pods').write(text.slice(at, at + 100));
  await clock.pass(clusterWatchTimings.settleMs);
  expect(names()).toEqual(['b']);
  expect(changes).toHaveBeenCalledTimes(1);
  stream('pods').write(line('MODIFIED', pod('b', '21', { annotations: { x: 'z' } })));
  await clock.pass(clusterWatchTimings.settleMs);
  expect(changes).toHaveBeenCalledTimes(1);
  watch.dispose();
});

it('reports changes that do not stop once a second, and a single one soon', async () => {
  const { watch, clock, changes, stream } = await started();
  const { settleMs } = clusterWatchTimings;
  const change = (version: number): void =>
    stream('pods').write(line('MODIFIED', pod('a', String(version), { name: `a-${version}` })));
  change(11);
  await clock.pass(settleMs);
  expect(changes).toHaveBeenCalledTimes(1);
  await clock.pass(5_000);
  changes.mockClear();
  for (let count = 0; count < 500; count++) {
    change(100 + count);
    await clock.pass(10);
  }
  expect(changes.mock.calls.length).toBeGreaterThanOrEqual(4);
  expect(changes.mock.calls.length).toBeLessThanOrEqual(6);
  await clock.pass(clusterWatchTimings.busySettleMs);
  expect(watch.state.pods.map(({ name }) => name)).toEqual(['a-599']);
  watch.dispose();
});

it('reports continuous changes less often if each report takes long', async () => {
  const { watch, clock, changes, stream } = await started();
  // Handling a report takes this long.
  watch.onDidChange(() => clock.jump(16));
  let version = 11;
  const reports = async (seconds: number): Promise<number> => {
    for (let count = 0; count < 100 * seconds; count++) {
      version += 1;
      stream('pods').write(line('MODIFIED', pod('a', String(version), { name: `a-${version}` })));
      await clock.pass(10);
    }
    return changes.mock.calls.length;
  };
  const count = await reports(16);
  expect(count).toBeGreaterThanOrEqual(9);
  expect(count).toBeLessThanOrEqual(11);
  watch.onDidChange(() => clock.jump(500));
  changes.mockClear();
  // Even then, users see the changes soon.
  expect(await reports(10)).toBeGreaterThanOrEqual(4);
  watch.dispose();
});

it('continues from the last version when the server ends a watch, without a list', async () => {
  const { watch, clock, fake, stream } = await started();
  stream('pods').write(line('BOOKMARK', { metadata: { resourceVersion: '55' } }));
  await clock.pass(60_000);
  const lists = fake.count(/limit=500/);
  stream('pods').end(ended(0));
  await clock.pass(clusterWatchTimings.shortestWatchMs);
  expect(stream('pods').args.join(' ')).toContain('resourceVersion=55');
  expect(fake.count(/limit=500/)).toBe(lists);
  expect(watch.state.unknown).toBeUndefined();
  watch.dispose();
});

it('lists again if the configuration has changed since the last list', async () => {
  const { fake, state, clock } = clusterOf({ pods: [pod('a', '1')], deployments: [] });
  const cluster = { configuration: 0 };
  const kubectl = fake.kubectl();
  const reader: ClusterReader = {
    isCheap: true,
    get configuration() {
      return cluster.configuration;
    },
    get: (url, options) => kubectl.get(url, options),
    follow: (url, options) => kubectl.follow(url, options),
  };
  const paths = resourcePaths('', 'team');
  const watch = new ClusterWatch(reader, paths, { owner: 'me' }, clock);
  await watch.start();
  await clock.pass(60_000);
  cluster.configuration = 1;
  state.pods = [pod('b', '2')];
  state.version = '5';
  for (const call of fake.running(watching)) call.end(ended(0));
  await clock.pass(2_000);
  expect(watch.state.pods.map(({ name }) => name)).toEqual(['b']);
  expect(watch.state.unknown).toBeUndefined();
  const versions = fake
    .running(watching)
    .map(({ args }) => /resourceVersion=\d+/.exec(args.join(' '))?.[0]);
  expect(versions).toEqual(['resourceVersion=5', 'resourceVersion=5']);
  watch.dispose();
});

it.each([
  [
    'as a message',
    (call: KubectlCall) => {
      call.write(line('ERROR', { kind: 'Status', code: 410, reason: 'Expired' }));
      call.end(ended(0));
    },
  ],
  [
    'as an error',
    (call: KubectlCall) => {
      call.end(ended(1, '', 'Error from server (Expired): too old resource version: 1 (2)'));
    },
  ],
  ['as garbage', (call: KubectlCall) => call.write('{"type":\n')],
])('lists again when its version is too old or unclear: %s', async (_name, fail) => {
  const { watch, clock, state, stream, names } = await started([pod('a', '1'), pod('b', '2')]);
  state.pods = [pod('b', '30'), pod('c', '31')];
  state.version = '40';
  fail(stream('pods'));
  await clock.pass(2_000);
  // The pod that was deleted meanwhile is gone, although no message has said so.
  expect(names()).toEqual(['b', 'c']);
  expect(stream('pods').args.join(' ')).toContain('resourceVersion=40');
  expect(watch.state.unknown).toBeUndefined();
  watch.dispose();
});

it('keeps the last known state while the cluster does not answer, and says since when', async () => {
  const { watch, clock, fake, state, changes, stream, names } = await started();
  await clock.pass(3_000);
  state.failure = refused;
  const since = clock.date();
  stream('pods').end(refused);
  stream('deployments').end(refused);
  await clock.pass(60_000);
  expect(names()).toEqual(['a']);
  expect(watch.state.unknown).toMatchObject({ since, problem: { code: 'engine-unreachable' } });
  // One change, and no storm: two watches that ask every two seconds.
  expect(changes).toHaveBeenCalledTimes(1);
  expect(fake.calls.length).toBeLessThan(70);
  state.failure = undefined;
  state.pods = [];
  await clock.pass(clusterWatchTimings.longestRetryMs + clusterWatchTimings.settleMs);
  expect(watch.state).toMatchObject({ pods: [] });
  expect(watch.state.unknown).toBeUndefined();
  watch.dispose();
});

it('is unknown until both kinds of objects are known again', async () => {
  const { watch, clock, fake, state, stream } = await started();
  const answer = fake.answer;
  fake.answer = (args, input) =>
    /\/deployments\?/.test(args[1] ?? '') && !watching.test(args[1] ?? '')
      ? refused
      : answer(args, input);
  stream('pods').end(refused);
  stream('deployments').end(refused);
  await clock.pass(30_000);
  expect(watch.state.unknown).toBeDefined();
  fake.answer = answer;
  state.version = '90';
  await clock.pass(5_000);
  expect(watch.state.unknown).toBeUndefined();
  watch.dispose();
});

it('notices a lost network, which ends no connection', async () => {
  const { watch, clock, fake, state, stream } = await started();
  const [first, second] = [stream('pods'), stream('deployments')];
  state.failure = { ...ended(1), exitCode: null, timedOut: true };
  await clock.pass(clusterWatchTimings.costlyBeatMs + 1_000);
  expect(watch.state.unknown?.problem.code).toBe('engine-unreachable');
  expect([first.isRunning, second.isRunning]).toEqual([false, false]);
  state.failure = undefined;
  await clock.pass(5_000);
  expect(watch.state.unknown).toBeUndefined();
  expect(fake.running(watching)).toHaveLength(2);
  watch.dispose();
});

it('does not ask while changes come', async () => {
  const { watch, clock, fake, stream } = await started();
  for (let second = 0; second < 30; second++) {
    stream('pods').write(line('BOOKMARK', { metadata: { resourceVersion: `${100 + second}` } }));
    await clock.pass(1_000);
  }
  expect(fake.count(/limit=1(?:&|$)/)).toBe(0);
  await clock.pass(20_000);
  expect(fake.count(/limit=1(?:&|$)/)).toBeGreaterThan(1);
  watch.dispose();
});

it('reads lists in pages', async () => {
  const fake = new FakeKubectl();
  fake.answer = (args) => {
    const query = new URLSearchParams((args[1] ?? '').split('?')[1]);
    if (query.get('watch') !== null) return undefined;
    const page = Number(query.get('continue') ?? 0);
    const isPods = /\/pods\?/.test(args[1] ?? '');
    const metadata = { resourceVersion: '5', ...(page < 2 ? { continue: String(page + 1) } : {}) };
    const items = isPods ? [pod(`p${page}`, '1')] : [];
    return ended(
      0,
      JSON.stringify({ metadata: isPods ? metadata : { resourceVersion: '5' }, items }),
    );
  };
  const paths = resourcePaths('/k8s/clusters/c-1', 'team');
  const watch = new ClusterWatch(fake.kubectl(), paths, { owner: 'me' }, new ManualClock());
  await watch.start();
  expect(watch.state.pods.map(({ name }) => name)).toEqual(['p0', 'p1', 'p2']);
  // Proxies of several clusters have a path.
  expect(fake.count(/--raw=\/k8s\/clusters\/c-1\/api/)).toBe(fake.calls.length);
  watch.dispose();
});

it('ends everything that it has started', async () => {
  const { watch, clock, fake } = await started();
  watch.dispose();
  await settle();
  const { length } = fake.calls;
  await clock.pass(60_000);
  expect(fake.calls).toHaveLength(length);
  expect(fake.running(/./)).toEqual([]);
  expect(clock.waiting).toBe(0);
});
