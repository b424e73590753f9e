import { expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  composeResources,
  ownerLabels,
  projectName,
} from '../../../../src/core/target/compose/compose-resources';
import { debuggedContainers } from '../../../../src/core/target/containers/debugged-containers';
import type { ContainerPlan } from '../../../../src/core/target/containers/container-plan';
import { toContainerPlan } from '../../../../src/core/target/containers/to-container-plan';
import { classRequest, development } from '../../../support/container-plans';

const owner = { bento: 'search/service.py:Search', folder: '/work' };
const plan = {
  ...toContainerPlan(classRequest({ source: development })),
  secretVariables: ['API_TOKEN', 'DOCKER_HOST'],
  fileVariables: [],
};

interface Parsed {
  readonly services: Readonly<Record<string, Readonly<Record<string, Record<string, string>>>>>;
}
const ownerFile = (): Parsed =>
  parse(composeResources(plan, owner, '/store/x').files['owner.yaml'] ?? '') as Parsed;

it('every service has the labels of its owner, and its component', () => {
  const { labels, components } = composeResources(plan, owner, '/store/x');
  const { services } = ownerFile();
  expect(Object.keys(services).sort()).toEqual(plan.workloads.map(({ name }) => name).sort());
  for (const [name, { labels: own }] of Object.entries(services)) {
    expect(own).toMatchObject({ ...labels, 'serve-bento.dev/component-id': components[name] });
  }
});

it('no value of a secret is in a file, and no variable of Compose gets its name', () => {
  const { files, secretVariables } = composeResources(plan, owner, '/store/x');
  expect(secretVariables).toEqual({
    API_TOKEN: 'SERVE_BENTO_SECRET_0',
    DOCKER_HOST: 'SERVE_BENTO_SECRET_1',
  });
  expect(Object.values(ownerFile().services)[0]?.['environment']).toEqual({
    API_TOKEN: '${SERVE_BENTO_SECRET_0}',
    DOCKER_HOST: '${SERVE_BENTO_SECRET_1}',
  });
  // The Compose file names it.
  expect(Object.entries(files).find(([name]) => name.endsWith('.secrets.env'))?.[1]).toBe('');
});

it('variables of env files are passed like secrets: Compose would expand and quote them differently', () => {
  const [first] = plan.workloads;
  const own = Object.keys(first?.env ?? {});
  const { files, secretVariables } = composeResources(
    {
      ...plan,
      secretVariables: ['API_TOKEN'],
      envFiles: ['/work/.env'],
      fileVariables: ['DATABASE_URL', 'API_TOKEN', 'BENTOML_HOME', ...own],
    },
    owner,
    '/store/x',
  );
  expect(secretVariables).toMatchObject({
    API_TOKEN: 'SERVE_BENTO_SECRET_0',
    DATABASE_URL: 'SERVE_BENTO_SECRET_1',
  });
  const { services } = parse(files['owner.yaml'] ?? '') as Parsed;
  expect(services[first?.name ?? '']?.['environment']).toEqual({
    API_TOKEN: '${SERVE_BENTO_SECRET_0}',
    DATABASE_URL: '${SERVE_BENTO_SECRET_1}',
  });
  expect(files['compose.yaml']).not.toContain('/work/.env');
});

it('another folder or another bento is another project', () => {
  const others = [owner, { ...owner, folder: '/work2' }, { ...owner, bento: 'b' }];
  expect(new Set(others.map(projectName)).size).toBe(3);
  expect(new Set(others.map((one) => JSON.stringify(ownerLabels(one)))).size).toBe(3);
  for (const one of others) expect(projectName(one)).toMatch(/^[a-z0-9][a-z0-9_-]*$/);
});

it('the same plan gives the same resources', () => {
  expect(composeResources(plan, owner, '/x')).toEqual(composeResources(plan, owner, '/x'));
});

it('a component that is debugged is started with the debugger, and the other ones are unchanged', () => {
  const [debugged, ...others] = plan.workloads.map(({ name }) => name);
  const [component = ''] = plan.workloads.map((one) => one.component);
  const services = (own: ContainerPlan): ((name?: string) => object) => {
    const { files } = composeResources(own, owner, '/store/x');
    const [compose, labels] = [files['compose.yaml'], files['owner.yaml']].map(
      (text) => (parse(text ?? '') as { readonly services: Record<string, object> }).services,
    );
    return (name = '') => ({ ...compose?.[name], own: labels?.[name] });
  };
  const before = services(plan);
  const after = services(debuggedContainers(plan, [component], '/store/debug/1.zip'));
  for (const name of others) expect(after(name)).toEqual(before(name));
  const [python, ...rest] = plan.workloads[0]?.command ?? [];
  expect(rest[0]).toBe('-m');
  expect(after(debugged)).toMatchObject({
    command: [python, '/run/serve-bento/debug.zip', ...rest.slice(1)],
    volumes: expect.arrayContaining([
      {
        ...{ type: 'bind', source: '/store/debug/1.zip', read_only: true },
        target: '/run/serve-bento/debug.zip',
      },
    ]) as unknown,
    // A worker that is paused for hours stays healthy.
    healthcheck: { retries: 43_200, start_period: '86400s' },
    own: { labels: { 'serve-bento.dev/debug-python': python } },
  });
  const { startSeconds } = composeResources(
    debuggedContainers(plan, [component], '/a.zip'),
    owner,
    '/store/x',
  );
  expect(startSeconds).toBe(86_400);
});
