import { describe, expect, it } from 'vitest';
import { textOf } from '../../../../src/core/messages/message';
import type { ServeError } from '../../../../src/core/problem';
import { toContainerPlan } from '../../../../src/core/target/containers/to-container-plan';
import type { ContainerPlan } from '../../../../src/core/target/containers/container-plan';
import { KubernetesTarget } from '../../../../src/core/target/kubernetes/kubernetes-target';
import type { AppliedBento } from '../../../../src/core/target/target';
import { classRequest, settingsWith } from '../../../support/container-plans';
import { FakeCluster, readyPod } from '../../../support/fake-cluster';
import { ended } from '../../../support/fake-kubectl';
import { ManualClock } from '../../../support/manual-clock';
import {
  container,
  podJson,
  podWith,
  terminated,
  unscheduled,
  waiting,
  type Json,
} from '../../../support/pod-json';
import { until } from '../../../support/until';

const { signal } = new AbortController();
const request = classRequest({ settings: settingsWith(), fileVariables: [] });
const plan = { ...toContainerPlan(request), startSeconds: 60 };
const ids = ['http', 'service:Embedder', 'service:Ranker'];

async function window(cluster = new FakeCluster(), folder = '/work/search') {
  const clock = new ManualClock();
  const target = await KubernetesTarget.open(
    {
      ...{ run: cluster.kubectl.run, clock, env: { PATH: '/bin' }, cwd: '/' },
      program: { file: '/bin/kubectl', version: '1.32.0' },
      place: { context: 'dev', namespace: 'team' },
      owner: { bento: 'service.py:svc', folder },
    },
    signal,
  );
  return { cluster, clock, target };
}

const states = ({ state }: AppliedBento): Readonly<Record<string, string>> =>
  Object.fromEntries(
    state.components.map(({ id, state: own, reason }) => [
      id,
      reason === undefined ? own : `${own}: ${textOf(reason)}`,
    ]),
  );

const allReady = Object.fromEntries(ids.map((id) => [id, 'ready']));

const secrets = { TOKEN: 'pa$$"\n', DATABASE_URL: 'postgres://x' };

/** Applies while the clock runs. */
async function applied(
  { target, clock }: Awaited<ReturnType<typeof window>>,
  own: ContainerPlan = plan,
  cancel: AbortSignal = signal,
): Promise<AppliedBento> {
  let isOver = false;
  const work = target
    .apply(target.resources(own), { signal: cancel, secrets })
    .finally(() => (isOver = true));
  work.catch(() => undefined);
  // Files are read in between, which does not depend on the clock.
  await until('it is served or has failed', async () => {
    await clock.pass(2_000);
    return isOver;
  });
  return work;
}

const failure = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    return `${(error as ServeError).code}: ${(error as ServeError).message}`;
  }
  return 'no failure';
};

describe('a bento in a cluster', () => {
  it('is applied, found by another window, and stopped', async () => {
    const first = await window();
    const { cluster } = first;
    expect(await first.target.adopt()).toBeUndefined();
    const bento = await applied(first);
    expect(states(bento)).toEqual(allReady);
    expect(bento.state.components.find(({ id }) => id === 'http')).toMatchObject({
      address: 'http://127.0.0.1:3000',
      workers: [{ name: 'search-http-x', number: 1, node: 'node-1', state: 'ready' }],
    });
    expect(cluster.names('NetworkPolicy')).toHaveLength(3);
    bento.dispose();

    // The path of the folder differs on another machine.
    const second = await window(cluster, '/home/mia/search');
    const adopted = await second.target.adopt();
    await second.clock.pass(1_000);
    if (adopted === undefined) throw new Error('not found');
    expect(states(adopted)).toEqual(allReady);
    await adopted.stop(signal);
    expect([...cluster.objects]).toEqual([]);
    await second.clock.pass(1_000);
    expect(Object.values(states(adopted))).toEqual(['stopped', 'stopped', 'stopped']);
    adopted.dispose();
    await second.clock.pass(0);
    expect(cluster.kubectl.running(/./)).toEqual([]);
    expect([first.clock.waiting, second.clock.waiting]).toEqual([0, 0]);
  });

  it('keeps the objects of components and pods that have not changed', async () => {
    const own = await window();
    const bento = await applied(own);
    const before = bento.state.components;
    const changes: unknown[] = [];
    bento.onDidChange(() => changes.push(bento.state));
    const pod = own.cluster.get('Pod', 'search-http-x');
    const restarted = podJson({ status: { containerStatuses: [container({ restartCount: 3 })] } });
    own.cluster.put({ ...pod, status: restarted['status'] });
    await own.clock.pass(2_000);
    const after = bento.state.components;
    const isKept = after.map((one) => before.includes(one));
    expect(Object.fromEntries(after.map(({ id }, index) => [id, isKept[index]]))).toEqual({
      ...{ http: false, 'service:Embedder': true, 'service:Ranker': true },
    });
    expect(changes).toHaveLength(1);
    // Something of the pod that is not shown.
    const same = own.cluster.get('Pod', 'search-http-x');
    own.cluster.put({ ...same, metadata: { ...same.metadata, annotations: { a: 'b' } } });
    await own.clock.pass(2_000);
    expect(changes).toHaveLength(1);
    expect(bento.state.components).toEqual(after);
    bento.dispose();
  });

  it('names its context and namespace in every command', async () => {
    const own = await window();
    const all: string[][] = [];
    const { run } = own.cluster.kubectl;
    const target = await KubernetesTarget.open(
      {
        run: async (file, args, options) => {
          all.push([...args]);
          return run(file, args, options);
        },
        ...{ clock: own.clock, env: { PATH: '/bin' }, cwd: '/' },
        program: { file: '/bin/kubectl', version: '1.32.0' },
        place: { context: 'dev', namespace: 'team' },
        owner: { bento: 'b', folder: '/f' },
      },
      signal,
    );
    const bento = await applied({ ...own, target });
    await bento.stop(signal);
    bento.dispose();
    expect(all.length).toBeGreaterThan(15);
    for (const [context, namespace] of all) {
      expect(context).toBe('--context=dev');
      expect(namespace).toMatch(/^--namespace=(?:team)?$/);
    }
  });

  it('is not found by another user or for another bento, who cannot replace it either', async () => {
    const mine = await window();
    (await applied(mine)).dispose();
    const other = await window(mine.cluster, '/work/other');
    expect(await other.target.adopt()).toBeUndefined();
    const before = JSON.stringify([...mine.cluster.objects]);
    expect(await failure(applied(other))).toBe(
      'engine-conflict: The namespace team already has Deployment search-service-embedder, which this bento did not create. Remove it, or use another namespace.',
    );
    expect(JSON.stringify([...mine.cluster.objects])).toBe(before);
  });

  it('leaves what others have applied, and what they replace while it stops', async () => {
    const own = await window();
    const { cluster } = own;
    cluster.put({ kind: 'Service', metadata: { name: 'other', uid: 'o', labels: {} } });
    const bento = await applied(own);
    // Somebody deletes and creates a Service between our list and our deletion.
    cluster.failure = (args) => {
      if (args[0] !== 'delete' || !args[1]?.endsWith('/services/search-http')) return undefined;
      cluster.put({
        ...cluster.get('Service', 'search-http'),
        metadata: { name: 'search-http', uid: 'theirs', labels: {} },
      });
      return undefined;
    };
    await bento.stop(signal);
    bento.dispose();
    expect(cluster.names('Service')).toEqual(['other', 'search-http']);
    expect(cluster.names('Deployment')).toEqual([]);
  });

  it('loses the components that its plan no longer has', async () => {
    const own = await window();
    (await applied(own)).dispose();
    const workloads = plan.workloads.filter(({ component }) => component !== 'service:Ranker');
    const bento = await applied(own, { ...plan, workloads });
    expect(own.cluster.names('Deployment')).toEqual(['search-http', 'search-service-embedder']);
    expect(own.cluster.names('Service')).toHaveLength(2);
    bento.dispose();
  });

  it('sends secrets through standard input only, and new values replace its pods', async () => {
    const own = await window();
    const { cluster } = own;
    const secretPlan = {
      ...plan,
      ...{ secretVariables: ['TOKEN'], fileVariables: ['DATABASE_URL'] },
    };
    (await applied(own, secretPlan)).dispose();
    const { data } = cluster.get('Secret', 'search-secrets') as unknown as {
      data: Record<string, string>;
    };
    const decoded = Object.entries(data).map(([name, value]) => [
      name,
      Buffer.from(value, 'base64').toString(),
    ]);
    expect(Object.fromEntries(decoded)).toEqual({ DATABASE_URL: 'postgres://x', TOKEN: 'pa$$"\n' });
    const said = cluster.kubectl.calls.map(({ args, options }) => [args, options.env]);
    expect(JSON.stringify(said)).not.toMatch(/pa\$\$|cGEk|postgres/);
    const annotation = (): unknown =>
      (
        cluster.get('Deployment', 'search-http')['spec'] as {
          template: { metadata: { annotations: Json } };
        }
      ).template.metadata.annotations['serve-bento.dev/secrets'];
    const before = annotation();
    expect(before).toMatch(/^uid\//);
    (await applied(own, secretPlan)).dispose();
    expect(annotation()).not.toBe(before);
  });
});

describe('a bento that cannot be served', () => {
  const broken =
    (name: string, pod: (metadata: Json) => Json) => async (): Promise<FakeCluster> => {
      const cluster = new FakeCluster();
      cluster.podsOf = (deployment) => {
        const good = readyPod(deployment);
        if (deployment.metadata.name !== name) return [good];
        return [pod(good['metadata'] as Json)];
      };
      return Promise.resolve(cluster);
    };
  const embedder = 'search-service-embedder';
  const withMetadata =
    (json: Json) =>
    (metadata: Json): Json => ({ ...json, metadata });

  it.each<[string, () => Promise<FakeCluster>, RegExp]>([
    [
      'its image cannot be pulled',
      broken(embedder, withMetadata(podWith(waiting('ErrImagePull', 'registry: not found')))),
      /^image-unavailable: service:Embedder: the image registry\.example\.com\/search@sha256:aa cannot be pulled: it does not exist in its registry\. Check the name/,
    ],
    [
      'no node has room',
      broken(
        embedder,
        withMetadata(
          unscheduled('0/2 nodes are available: 2 Insufficient nvidia.com/gpu. preemption: no.'),
        ),
      ),
      /^no-capacity: The cluster cannot schedule service:Embedder: no node has enough free GPU \(2 Insufficient/,
    ],
    [
      'it keeps ending',
      broken(
        embedder,
        withMetadata(
          podWith(
            waiting('CrashLoopBackOff', '', {
              restartCount: 3,
              lastState: terminated(137, 'OOMKilled'),
            }),
            'Running',
          ),
        ),
      ),
      /^crashed: search-service-embedder-x keeps stopping \(killed: out of memory\)\. See its log\.$/,
    ],
    [
      'a Secret is missing',
      broken(
        embedder,
        withMetadata(podWith(waiting('CreateContainerConfigError', 'secret "x" not found'))),
      ),
      /^engine-rejected: service:Embedder did not become ready \(the Secret x does not exist\)/,
    ],
    [
      'it gets no pods',
      async () => {
        const cluster = new FakeCluster();
        cluster.podsOf = () => [];
        return Promise.resolve(cluster);
      },
      /^start-timeout: service:Embedder did not become ready \(it has no pod yet\)/,
    ],
    [
      'the user may not do it',
      async () => {
        const cluster = new FakeCluster();
        cluster.denied = new Set(['create deployments', 'list secrets']);
        return Promise.resolve(cluster);
      },
      /^engine-denied: You lack permissions in the namespace team: create deployments, list secrets\. Ask/,
    ],
    [
      'the cluster rejects it',
      async () => {
        const cluster = new FakeCluster();
        cluster.failure = (args) =>
          args[0] === 'apply'
            ? ended(1, '', 'The Deployment "search-http" is invalid: spec.x: Required value')
            : undefined;
        return Promise.resolve(cluster);
      },
      /^engine-rejected: The cluster rejects Deployment search-http: spec\.x: Required value\./,
    ],
  ])('because %s leaves nothing behind', async (_name, make, expected) => {
    const cluster = await make();
    const own = await window(cluster);
    expect(await failure(applied(own))).toMatch(expected);
    expect([...cluster.objects.keys()]).toEqual([]);
    expect(cluster.kubectl.running(/./)).toEqual([]);
    expect(own.clock.waiting).toBe(0);
  });

  it('because it is cancelled leaves nothing behind', async () => {
    const cluster = new FakeCluster();
    cluster.podsOf = () => [];
    const own = await window(cluster);
    const cancel = new AbortController();
    own.clock.after(5_000, () => cancel.abort());
    expect(await failure(applied(own, plan, cancel.signal))).toMatch(/^cancelled/);
    expect([...cluster.objects.keys()]).toEqual([]);
  });

  it('keeps what was running before', async () => {
    const own = await window();
    (await applied(own)).dispose();
    own.cluster.failure = (args) =>
      args[0] === 'apply' ? ended(1, '', 'Error from server (InternalError): no') : undefined;
    expect(await failure(applied(own))).toMatch(/^engine-unreachable/);
    expect(own.cluster.names('Deployment')).toHaveLength(3);
  });
});
