import { isDeepStrictEqual } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import type { DiscoveredBento } from '../../src/core/discovery/discovered-bento';
import { Emitter } from '../../src/core/events';
import type { Bento, Component } from '../../src/core/model';
import { parseFolderSettings } from '../../src/core/settings/parse-folder-settings';
import { discovered } from '../support/bentos';
import { describeEach } from '../support/long';
import { createHarness, type Harness } from '../support/harness';
import { sourcesOf } from '../support/sources-of';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';
import { urlOf } from '../support/url-of';

const harnesses = testHarness();
const id = 'watch:Production';
let elsewhere: Harness | undefined;

afterEach(async () => {
  await elsewhere?.dispose();
  elsewhere = undefined;
});

interface Watching extends Pick<Harness, 'registry'> {
  readonly harness: Harness;
  /** The settings name others now; none: they name no such bento any more. */
  readonly setAddresses: (addresses: readonly string[]) => void;
}

/** A window that has nothing but addresses. */
function watching(addresses: readonly string[]): Watching {
  const discoveredAnew = new Emitter<void>();
  let bentos: readonly DiscoveredBento[] = [];
  const harness = harnesses.set({
    sources: ({ folder, processEnv }) => {
      const { defaults } = parseFolderSettings(
        { health: { interval: 0.5, timeout: 0.5 } },
        {
          ...{ workspaceFolder: folder, userHome: folder, env: processEnv },
          platform: process.platform,
        },
      );
      bentos = [watched(folder, addresses)];
      return sourcesOf(discovered(), defaults, {
        discovered: () => bentos,
        onDidDiscover: discoveredAnew.event,
        findInterpreter: () => Promise.reject(new Error('no interpreter is needed')),
      });
    },
  });
  return {
    harness,
    registry: harness.registry,
    setAddresses: (others) => {
      bentos = others.length === 0 ? [] : [watched(harness.folder, others)];
      discoveredAnew.fire();
    },
  };
}

const watched = (folder: string, addresses: readonly string[]): DiscoveredBento => ({
  ...{ id, name: 'Production', source: 'remote', reference: '', folder, workingDir: folder },
  addresses,
  components: addresses.map((name) => ({ kind: 'service', name, remote: true })),
});

const states = (bento: Bento | undefined): readonly Component['state'][] =>
  (bento?.components ?? []).map(({ state }) => state);

describeEach(
  [['bentoml-1.4', 'samples/shout', 'service:svc', 3832, 3833]],
  [
    ['bentoml-1.4', 'samples/search', 'service:Search', 3831, undefined],
    ['bentoml-1.0', 'samples/shout', 'service:svc', 3834, 3835],
  ],
)('%s, %s: a bento that runs elsewhere', (environment, sample, reference, port, grpcPort) => {
  it('is watched while it is there, while it is away, and when it comes back', async () => {
    const python = harnesses.pythons[environment];
    // Ports that no other test is given while it is away.
    const settings = {
      http: { apiWorkers: 1, port },
      ...(grpcPort === undefined ? {} : { grpc: { enabled: true, port: grpcPort } }),
    };
    elsewhere = createHarness({ python, sample, reference, settings });
    const there = elsewhere;
    const service = there.registry.bentos[0]?.id ?? '';
    const http = urlOf(await there.registry.serve(service));
    const addresses = grpcPort === undefined ? [http] : [http, `grpc://localhost:${grpcPort}`];
    const { registry } = watching(addresses);
    const now = (): Bento | undefined => registry.bento(id);

    const bento = await registry.serve(id);
    expect(bento).toMatchObject({ state: 'ready', source: 'remote' });
    expect(bento.components).toMatchObject(
      addresses.map((name) => ({ name, state: 'ready', remote: true, pids: [] })),
    );
    expect(bento.components[0]?.url).toBe(http);
    await until('the latency', () => now()?.components[0]?.latencyMs !== undefined);

    await there.registry.stop(service);
    await until('they are missed', () => states(now()).every((state) => state === 'unhealthy'));
    expect(now()?.state).toBe('degraded');
    expect(now()?.components[0]?.problem).toMatchObject({ code: 'unresponsive' });
    expect(now()?.components[0]?.problem?.message).toMatch(
      /Check it on the machine where it runs\.$/,
    );

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
    const bento = await registry.serve(id);
    expect(bento.state).toBe('degraded');
    expect(bento.components).toMatchObject([
      { state: 'unhealthy', problem: { code: 'not-ready' } },
    ]);
    expect(bento.components[0]?.problem?.message).toContain('connection refused');
    await expect(registry.startCommands(id)).rejects.toMatchObject({ code: 'not-found' });
    expect(await registry.restart(id)).toMatchObject({ state: 'degraded' });
    await registry.stop(id);
    expect(registry.bento(id)).toMatchObject({ state: 'stopped' });
    expect(registry.bento(id)?.components).toMatchObject([{ state: 'stopped', remote: true }]);
  });

  it('that the settings name now is watched instead, and none when they name none', async () => {
    const { registry, setAddresses } = watching(['http://127.0.0.1:9']);
    const names = (): readonly string[] | undefined =>
      registry.bento(id)?.components.map(({ name, state }) => `${name} ${state}`);
    setAddresses(['http://127.0.0.1:11']);
    expect(names()).toEqual(['http://127.0.0.1:11 stopped']);
    await registry.serve(id);
    expect(names()).toEqual(['http://127.0.0.1:11 unhealthy']);
    setAddresses(['http://127.0.0.1:11', 'http://127.0.0.1:13']);
    const both = ['http://127.0.0.1:11 unhealthy', 'http://127.0.0.1:13 unhealthy'];
    await until('both are watched', () => isDeepStrictEqual(names(), both));
    setAddresses([]);
    await until('it is gone', () => registry.bento(id) === undefined);
  });

  it('is asked in a trusted folder only', async () => {
    const { harness } = watching(['http://127.0.0.1:9']);
    harness.trusted = false;
    await expect(harness.registry.serve(id)).rejects.toMatchObject({ code: 'untrusted' });
  });
});
