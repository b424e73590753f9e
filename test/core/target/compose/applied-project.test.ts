import { expect, it, vi } from 'vitest';
import { Emitter } from '../../../../src/core/events';
import { problemTexts, say, textOf } from '../../../../src/core/messages/message';
import { AppliedProject } from '../../../../src/core/target/compose/applied-project';
import type { ComposeClient } from '../../../../src/core/target/compose/client/compose-client';
import type { Container } from '../../../../src/core/target/compose/client/container';
import type {
  ProjectState,
  ProjectWatch,
} from '../../../../src/core/target/compose/client/project-watch';

const container = (service: string, more: Partial<Container> = {}): Container => ({
  ...{ id: service, name: `p-${service}-1`, service, number: 1, restarts: 0 },
  labels: { 'serve-bento.dev/component-id': `id of ${service}` },
  ...{ status: 'running', health: { status: 'healthy' }, isOutOfMemory: false },
  ...more,
});

function project(state: ProjectState, components: Readonly<Record<string, string>> = {}) {
  const client = {
    down: vi.fn(async () => Promise.resolve()),
    restart: vi.fn(async () => Promise.resolve()),
    logs: vi.fn(async () => Promise.resolve()),
    shell: vi.fn(),
  };
  const refresh = vi.fn(async () => Promise.resolve());
  const watch = { state, onDidChange: new Emitter<void>().event, refresh, dispose: vi.fn() };
  const applied = new AppliedProject(
    client as unknown as ComposeClient,
    watch as unknown as ProjectWatch,
    components,
    '/engines/p',
  );
  return { applied, client, watch };
}

it('derives components from its containers, which are their workers', () => {
  const { applied } = project({
    containers: [
      container('http'),
      container('runner', { status: 'restarting', exitCode: 3, restarts: 2, startedAt: 5 }),
      container('runner', { name: 'p-runner-2', number: 2 }),
    ],
  });
  const [http, runner] = applied.state.components;
  expect(http).toMatchObject({ id: 'id of http', state: 'ready' });
  expect(runner).toMatchObject({ id: 'id of runner', state: 'backingOff' });
  expect(textOf(runner?.reason ?? '')).toBe('exited with code 3');
  expect(runner?.workers).toMatchObject([
    { name: 'p-runner-1', number: 1, state: 'backingOff', restarts: 2, startedAt: 5 },
    { name: 'p-runner-2', number: 2, state: 'ready', restarts: 0 },
  ]);
});

it('a component is debugged if its containers are started with the debugger', () => {
  const labels = { 'serve-bento.dev/debug-python': 'python' };
  const { applied } = project({ containers: [container('http'), container('runner', { labels })] });
  expect(applied.state.components.map((one) => one.isDebugged)).toEqual([undefined, true]);
});

it('a component without containers is stopped, and is still there', () => {
  const state = { containers: [container('http')] };
  const { applied, watch } = project(state, { http: 'id of http', runner: 'id of runner' });
  const states = (): readonly string[] => applied.state.components.map((one) => one.state);
  expect(states()).toEqual(['ready', 'stopped']);
  watch.state = { containers: [] };
  expect(states()).toEqual(['stopped', 'stopped']);
});

it('reports since when the engine does not answer', () => {
  const problem = {
    code: 'engine-unreachable',
    ...problemTexts(say('engineNotRunning')),
  } as const;
  const { applied } = project({ containers: [container('http')], unknown: { since: 7, problem } });
  expect(applied.state).toMatchObject({
    unknown: { since: 7, problem },
    components: [{ state: 'ready' }],
  });
});

it('acts on the service of a component, with its stop grace period', async () => {
  const labels = {
    'serve-bento.dev/component-id': 'http',
    'serve-bento.dev/stop-grace-seconds': '7',
  };
  const { applied, client } = project({ containers: [container('s-http', { labels })] });
  const [worker] = applied.state.components[0]?.workers ?? [];
  const { signal } = new AbortController();
  await applied.restart('http', signal);
  expect(client.restart).toHaveBeenCalledWith('s-http', 7_000, signal);
  await applied.stop(signal);
  expect(client.down).toHaveBeenCalledWith(7_000, signal);
  if (worker === undefined) throw new Error('no worker');
  await applied.logs({ worker, tail: 5, signal, onOutput: () => undefined });
  expect(client.logs).toHaveBeenCalledWith(
    expect.objectContaining({ service: 's-http', number: 1, tail: 5 }),
  );
});

it('refuses to scale a component with a port on this machine, and reports components that are gone', async () => {
  const labels = {
    'serve-bento.dev/component-id': 'http',
    'serve-bento.dev/address': 'http://127.0.0.1:3000',
  };
  const { applied } = project({ containers: [container('s-http', { labels })] });
  expect(applied.state.components[0]).toMatchObject({ isSingle: true });
  const { signal } = new AbortController();
  await expect(applied.scale('http', 2, signal)).rejects.toThrow(
    'http cannot be scaled, because only one container can use its port on this machine.',
  );
  await expect(applied.scale('runner', 2, signal)).rejects.toMatchObject({ code: 'not-found' });
  await expect(applied.describe('runner', undefined, signal)).rejects.toMatchObject({
    code: 'not-found',
  });
});
