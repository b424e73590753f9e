import { describe, expect, it } from 'vitest';
import { textOf } from '../../../../src/core/messages/message';
import { defaultSettings } from '../../../../src/core/settings/default-settings';
import { toContainerPlan } from '../../../../src/core/target/containers/to-container-plan';
import {
  classPlan,
  classRequest,
  development,
  legacyPlan,
  legacyRequest,
  settingsWith,
} from '../../../support/container-plans';
import { planned, planOf } from '../../../support/plans';

const remote = planned({
  ...{ id: 'service:Far', kind: 'service', name: 'Far', command: [] },
  remote: 'tcp://127.0.0.1:9000',
});

describe('the containers of a plan', () => {
  it('run the bento of the image, or the source of this machine', () => {
    const [first] = toContainerPlan(classRequest()).workloads;
    expect(first?.command.slice(0, 5)).toEqual([
      ...['python', '-m', 'bentoml_cli._internal.start', 'start-http-server'],
      '/home/bentoml/bento',
    ]);
    expect(first?.command).not.toContain('--working-dir');
    const [own] = toContainerPlan(classRequest({ source: development })).workloads;
    expect(own?.command.slice(0, 7)).toEqual([
      ...['/venv/bin/python', '-m', 'bentoml_cli._internal.start', 'start-http-server'],
      ...['service:svc', '--working-dir', '/work'],
    ]);
  });

  it('leave GPUs to the engine, and count them', () => {
    const { workloads } = toContainerPlan(legacyRequest());
    expect(workloads.map(({ component, resources }) => [component, resources.gpus])).toEqual([
      ['runner:upper', 2],
      ['http', 0],
      ['grpc', 0],
    ]);
    const [service] = toContainerPlan(classRequest()).workloads;
    expect(service?.env).not.toHaveProperty('CUDA_VISIBLE_DEVICES');
  });

  it('have the numbers of replicas of their settings', () => {
    const request = legacyRequest();
    const settings = settingsWith({
      ...request.settings,
      http: { ...request.settings.http, replicas: 2 },
      runners: { upper: { replicas: 3, workers: 1 } },
    });
    const { workloads } = toContainerPlan({ ...request, settings });
    expect(workloads.map(({ component, replicas }) => [component, replicas])).toEqual([
      ['runner:upper', 3],
      ['http', 2],
      ['grpc', undefined],
    ]);
  });

  it('have names and labels of their own, however alike the components are called', () => {
    const plan = classPlan(['a b', 'a_b', 'a-b', 'é', 'x'.repeat(200), `${'x'.repeat(200)}y`]);
    const { workloads } = toContainerPlan(classRequest({ plan, bento: { name: 'B'.repeat(99) } }));
    for (const values of [workloads.map(({ name }) => name), workloads.map(({ label }) => label)]) {
      expect(new Set(values).size).toBe(workloads.length);
      for (const value of values) expect(value).toMatch(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/);
    }
  });

  it('say what is left out', () => {
    const settings = settingsWith({
      ...{ args: { size: 'big' }, bentomlHome: '/home/me/bentoml', bentomlConfig: '/c.yaml' },
    });
    const plan = planOf([remote, ...classPlan([]).components]);
    const sentences = (source = classRequest().source): readonly string[] =>
      toContainerPlan(classRequest({ plan, settings, source })).leftOut.map((one) => textOf(one));
    const both = [
      "BentoML's start commands take no arguments: serveBento.args is left out.",
      'Far runs at tcp://127.0.0.1:9000, which in a container is the container itself: set an address that containers can reach.',
    ];
    expect(sentences()).toEqual([
      both[0],
      'The image contains its models: serveBento.bentomlHome is left out.',
      'The image contains no files from this machine: serveBento.bentomlConfig is left out.',
      both[1],
    ]);
    expect(sentences(development)).toEqual(both);
  });

  it('have the resources that the code or the configuration requests', () => {
    const { workloads } = toContainerPlan(classRequest());
    expect(workloads.map(({ resources }) => resources)).toEqual([
      { cpu: 2_000, memory: 4 * 2 ** 30, gpus: 1, gpuVendor: 'nvidia', countsCpus: false },
      { cpu: 1_500, memory: 1.5 * 2 ** 30, gpus: 0, gpuVendor: 'nvidia', countsCpus: true },
      { gpus: 0, gpuVendor: 'nvidia', countsCpus: false },
    ]);
    const [runner] = toContainerPlan(legacyRequest()).workloads;
    // It has a worker for each GPU.
    expect(runner?.resources).toMatchObject({ gpus: 2, countsCpus: false });
  });

  it('count their own CPUs where this machine has counted its own', () => {
    const [, http, grpc] = toContainerPlan(legacyRequest()).workloads;
    expect(http?.command).not.toContain('--api-workers');
    expect(grpc?.command.join(' ')).toContain('--api-workers 3');
  });

  it.each([
    ['memory', '4 gigs', '4Gi'],
    ['cpu', '2 cores', '500m'],
    ['cpu', -1, '500m'],
    ['gpu', 'one', '1'],
  ] as const)('are refused with an invalid %s: %j', (resource, value, example) => {
    const resources = { [resource]: value };
    const plan = planOf([
      planned({ id: 'service:Ranker', kind: 'service', name: 'Ranker', resources }),
    ]);
    let problem: unknown;
    try {
      toContainerPlan(classRequest({ plan }));
    } catch (error) {
      problem = error;
    }
    expect(problem).toMatchObject({
      problem: { code: 'settings', component: 'service:Ranker' },
    });
    expect((problem as Error).message).toContain(
      `Search cannot run in containers: Ranker requests ${resource} ${JSON.stringify(value)}, which is not a valid amount.`,
    );
    expect((problem as Error).message).toContain(example);
  });

  it('say which resources no engine has as they are requested', () => {
    const resources = { gpu: 0.5, gpuType: 'nvidia-l4', tpuType: 'v5e-1x1' };
    const plan = planOf([planned({ resources })]);
    const { leftOut } = toContainerPlan(classRequest({ plan }));
    expect(leftOut.map((one) => textOf(one))).toEqual([
      'Search requests 0.5 GPUs. The number is rounded up, because containers get whole GPUs.',
      'Search requests GPUs of type nvidia-l4. The type is left out, because clusters label their nodes in different ways.',
      'Search requests TPUs of type v5e-1x1. They are left out.',
    ]);
  });

  it('have their metrics at the port and path of the server', () => {
    const { workloads } = toContainerPlan(legacyRequest());
    expect(workloads.map(({ metrics }) => metrics)).toEqual([
      { path: '/metrics', namespace: 'bentoml_runner', port: 3000, scheme: 'http' },
      { path: '/metrics', namespace: 'bentoml_api_server', port: 3000, scheme: 'https' },
      { path: '/', namespace: 'bentoml_api_server', port: 3001, scheme: 'http' },
    ]);
  });

  it('are refused for a program of its own', () => {
    const triton = planned({
      id: 'runner:triton',
      kind: 'runner',
      name: 'triton',
      listens: 'grpc',
    });
    const plan = planOf([triton, ...legacyPlan().components]);
    expect(() => toContainerPlan(legacyRequest({ plan }))).toThrow(
      'shout cannot be exported as containers: BentoML has no start command for triton.',
    );
  });

  it('publish the servers at the addresses of the settings', () => {
    const settings = settingsWith({
      http: { ...defaultSettings.http, host: 'localhost', port: 4000 },
    });
    const { workloads } = toContainerPlan(classRequest({ settings }));
    expect(workloads.map(({ published }) => published)).toEqual([
      ...[undefined, undefined],
      { host: '127.0.0.1', port: 4000 },
    ]);
  });
});
