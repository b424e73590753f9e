import { describe, expect, it } from 'vitest';
import { textOf } from '../../../../src/core/messages/message';
import { defaultSettings } from '../../../../src/core/settings/default-settings';
import { containerPlanOf } from '../../../../src/core/target/containers/container-plan-of';
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
    const [first] = containerPlanOf(classRequest()).workloads;
    expect(first?.command.slice(0, 5)).toEqual([
      ...['python', '-m', 'bentoml_cli._internal.start', 'start-http-server'],
      '/home/bentoml/bento',
    ]);
    expect(first?.command).not.toContain('--working-dir');
    const [own] = containerPlanOf(classRequest({ source: development })).workloads;
    expect(own?.command.slice(0, 7)).toEqual([
      ...['/venv/bin/python', '-m', 'bentoml_cli._internal.start', 'start-http-server'],
      ...['service:svc', '--working-dir', '/work'],
    ]);
  });

  it('leave GPUs to the engine, and count them', () => {
    const { workloads } = containerPlanOf(legacyRequest());
    expect(workloads.map(({ component, gpus }) => [component, gpus])).toEqual([
      ['runner:upper', 2],
      ['http', 0],
      ['grpc', 0],
    ]);
    const [service] = containerPlanOf(classRequest()).workloads;
    expect(service?.env).not.toHaveProperty('CUDA_VISIBLE_DEVICES');
  });

  it('have the numbers of replicas of their settings', () => {
    const request = legacyRequest();
    const settings = settingsWith({
      ...request.settings,
      http: { ...request.settings.http, replicas: 2 },
      runners: { upper: { replicas: 3, workers: 1 } },
    });
    const { workloads } = containerPlanOf({ ...request, settings });
    expect(workloads.map(({ component, replicas }) => [component, replicas])).toEqual([
      ['runner:upper', 3],
      ['http', 2],
      ['grpc', undefined],
    ]);
  });

  it('have names and labels of their own, however alike the components are called', () => {
    const plan = classPlan(['a b', 'a_b', 'a-b', 'é', 'x'.repeat(200), `${'x'.repeat(200)}y`]);
    const { workloads } = containerPlanOf(classRequest({ plan, bento: { name: 'B'.repeat(99) } }));
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
      containerPlanOf(classRequest({ plan, settings, source })).leftOut.map((one) => textOf(one));
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

  it('are refused for a program of its own', () => {
    const triton = planned({
      id: 'runner:triton',
      kind: 'runner',
      name: 'triton',
      listens: 'grpc',
    });
    const plan = planOf([triton, ...legacyPlan().components]);
    expect(() => containerPlanOf(legacyRequest({ plan }))).toThrow(
      'shout cannot be exported as containers: BentoML has no start command for triton.',
    );
  });

  it('publish the servers at the addresses of the settings', () => {
    const settings = settingsWith({
      http: { ...defaultSettings.http, host: 'localhost', port: 4000 },
    });
    const { workloads } = containerPlanOf(classRequest({ settings }));
    expect(workloads.map(({ published }) => published)).toEqual([
      ...[undefined, undefined],
      { host: '127.0.0.1', port: 4000 },
    ]);
  });
});
