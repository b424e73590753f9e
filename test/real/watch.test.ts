import { afterEach, describe, expect, it } from 'vitest';
import type { Bento, Component } from '../../src/core/model';
import { parseFolderSettings } from '../../src/core/settings/parse-folder-settings';
import { discovered } from '../support/bentos';
import { setStage, type Stage } from '../support/stage';
import { sourcesOf } from '../support/sources-of';
import { testStage } from '../support/test-stage';
import { until } from '../support/until';
import { urlOf } from '../support/url-of';

const stages = testStage();
const id = 'watch:Production';
let elsewhere: Stage | undefined;

afterEach(async () => {
  await elsewhere?.dispose();
  elsewhere = undefined;
});

/** A window that has nothing but addresses. */
function watching(addresses: readonly string[]): Stage {
  const components = addresses.map((name) => ({ kind: 'service', name, remote: true }) as const);
  const named = { id, name: 'Production', source: 'remote', reference: '' } as const;
  return stages.set({
    sources: ({ folder, processEnv }) => {
      const { defaults } = parseFolderSettings(
        { health: { interval: 0.5, timeout: 0.5 } },
        {
          ...{ workspaceFolder: folder, userHome: folder, env: processEnv },
          platform: process.platform,
        },
      );
      const bento = discovered({ ...named, folder, workingDir: folder, addresses, components });
      return sourcesOf(bento, defaults, {
        findInterpreter: () => Promise.reject(new Error('no interpreter is needed')),
      });
    },
  });
}

const states = (bento: Bento | undefined): readonly Component['state'][] =>
  (bento?.components ?? []).map(({ state }) => state);

describe.each([
  ['bentoml-1.4', 'samples/search', 'service:Search', false],
  ['bentoml-1.4', 'samples/shout', 'service:svc', true],
  ['bentoml-1.0', 'samples/shout', 'service:svc', true],
] as const)('%s, %s: a bento that runs elsewhere', (environment, sample, reference, grpc) => {
  it('is watched while it is there, while it is away, and when it comes back', async () => {
    const python = stages.pythons[environment];
    const one = { python, sample, reference };
    elsewhere = setStage({
      ...one,
      settings: { http: { apiWorkers: 1 }, grpc: { enabled: grpc } },
    });
    const there = elsewhere;
    const service = there.registry.bentos[0]?.id ?? '';
    const served = await there.registry.serve(service);
    const { port: grpcPort } = served.components.find(({ kind }) => kind === 'grpc') ?? {};
    const http = urlOf(served);
    const addresses = grpc ? [http, `grpc://localhost:${grpcPort}`] : [http];
    const { registry } = watching(addresses);
    const now = (): Bento | undefined => registry.bento(id);

    const watched = await registry.serve(id);
    expect(watched).toMatchObject({ state: 'ready', source: 'remote' });
    expect(watched.components).toMatchObject(
      addresses.map((name) => ({ name, state: 'ready', remote: true, pids: [] })),
    );
    expect(watched.components[0]?.url).toBe(http);
    await until('the latency', () => now()?.components[0]?.latencyMs !== undefined);

    await there.registry.stop(service);
    await until('they are missed', () => states(now()).every((state) => state === 'unhealthy'));
    expect(now()?.state).toBe('degraded');
    expect(now()?.components[0]?.problem).toMatchObject({ code: 'unresponsive' });
    expect(now()?.components[0]?.problem?.message).toMatch(/See to it where it runs\.$/);

    await there.registry.serve(service);
    await until('they are back', () => now()?.state === 'ready');
    await registry.stop(id);
    expect(now()?.state).toBe('stopped');
    expect(there.registry.bento(service)?.state).toBe('ready');
  });
});

describe('an address', () => {
  it('that never answered is watched as well, and is not an error', async () => {
    // Nothing listens there: the port of "discard".
    const { registry } = watching(['http://127.0.0.1:9']);
    const watched = await registry.serve(id);
    expect(watched.state).toBe('degraded');
    expect(watched.components).toMatchObject([
      { state: 'unhealthy', problem: { code: 'not-ready' } },
    ]);
    expect(watched.components[0]?.problem?.message).toContain('nothing listens yet');
    await expect(registry.startCommands(id)).rejects.toMatchObject({ code: 'not-found' });
    expect(await registry.restart(id)).toMatchObject({ state: 'degraded' });
    await registry.stop(id);
    expect(registry.bento(id)).toMatchObject({ state: 'stopped' });
    expect(registry.bento(id)?.components).toMatchObject([{ state: 'stopped', remote: true }]);
  });

  it('is asked in a trusted folder only', async () => {
    const stage = watching(['http://127.0.0.1:9']);
    stage.trusted = false;
    await expect(stage.registry.serve(id)).rejects.toMatchObject({ code: 'untrusted' });
  });
});
