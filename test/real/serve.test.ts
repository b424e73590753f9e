import { describe, expect, it } from 'vitest';
import type { Bento, Component } from '../../src/core/model';
import { callShout } from '../support/call-grpc';
import { listeningPorts, portsOf, processesWith, servingOf } from '../support/processes';
import type { Harness } from '../support/harness';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';

const harnesses = testHarness({ sharesHelpers: true });
let harness: Harness;

const states = (bento: Bento): Record<string, string> =>
  Object.fromEntries(bento.components.map(({ id, state }) => [id, state]));

const component = (bento: Bento, id: string): Component => {
  const found = bento.components.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no component ${id} in ${JSON.stringify(bento)}`);
  return found;
};

/** Ports are taken again at once by tests that run beside this one. */
const stillListening = (bento: Bento): readonly number[] => {
  const listening = listeningPorts();
  const others = new Set(portsOf(processesWith('SERVE_BENTO_TEST=')));
  return bento.components
    .map(({ port }) => port ?? 0)
    .filter((port) => listening.has(port) && !others.has(port));
};

async function post(
  url: string | undefined,
  path: string,
  type: string,
  body: string,
): Promise<unknown> {
  const response = await fetch(`${url ?? ''}${path}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  });
  expect(response.status).toBe(200);
  return response.json();
}

/** What is left behind cannot be told there from a test. */
const isWindows = process.platform === 'win32';

/** The others are served by the packaged extension in a window: see `test/window/suites.mts`. */
describe.skipIf(isWindows)('class services', () => {
  it.each([
    ['bentoml-1.4', 'workers'],
    ['bentoml-1.3', 'cli'],
  ] as const)(
    'are served by %s with the launcher %s, answer, and leave nothing',
    async (environment, launcher) => {
      harness = harnesses.set({
        python: harnesses.pythons[environment],
        sample: 'samples/search',
        reference: 'service:Search',
        settings: { launcher },
      });
      const bento = await harness.registry.serve('service.py:Search');
      expect(bento).toMatchObject({ state: 'ready', generation: 'service' });
      expect(states(bento)).toEqual({
        http: 'ready',
        'service:Embedder': 'ready',
        'service:Ranker': 'ready',
      });
      const answer = await post(
        component(bento, 'http').url,
        '/search',
        'application/json',
        '{"query": "rice and tea"}',
      );
      expect(answer).toMatchObject([{ document: 'green tea goes well with rice' }]);
      expect(processesWith(harness.mark).length).toBeGreaterThanOrEqual(4);
      await harness.registry.stop(bento.id);
      expect(servingOf(processesWith(harness.mark))).toEqual([]);
      // Looking for a free port binds it for a moment.
      await until('closed ports', () => stillListening(bento).length === 0, 2000);
      await harness.registry.stopAll();
      expect(processesWith(harness.mark)).toEqual([]);
    },
  );
});

/** One that answers nobody, and exceptions without loopback. */
const proxy = 'http://127.0.0.1:9';
const behindProxy = {
  ...{ http_proxy: proxy, HTTPS_PROXY: proxy, ALL_PROXY: proxy, grpc_proxy: proxy },
  no_proxy: '.corp',
};

describe.skipIf(isWindows)('a legacy service', () => {
  it.each([
    ['bentoml-1.4', 'workers', 'v1'],
    ['bentoml-1.1', 'cli', 'v1'],
    ['bentoml-1.0', 'cli', 'v1alpha1'],
  ] as const)(
    'is served by %s with the launcher %s over HTTP and gRPC, also behind a proxy, and leaves nothing',
    async (environment, launcher, protocol) => {
      const withGrpc = environment !== 'bentoml-1.0';
      harness = harnesses.set({
        python: harnesses.pythons[environment],
        sample: 'samples/shout',
        reference: 'service:svc',
        settings: { launcher, grpc: { enabled: withGrpc }, env: behindProxy },
        consent: true,
      });
      const bento = await harness.registry.serve('service.py:svc');
      expect(bento).toMatchObject({ state: 'ready', generation: 'legacy' });
      expect(states(bento)).toEqual({
        http: 'ready',
        'runner:upper': 'ready',
        'runner:count': 'ready',
        ...(withGrpc ? { grpc: 'ready' } : {}),
      });
      const answer = await post(
        component(bento, 'http').url,
        '/shout',
        'text/plain',
        'hello bento',
      );
      expect(answer).toEqual({ shout: 'HELLO BENTO!', words: 2 });
      if (withGrpc) {
        const { host, port } = component(bento, 'grpc');
        const said = await callShout(`${host ?? ''}:${port ?? 0}`, protocol, 'hello grpc');
        expect(said).toContain('HELLO GRPC!');
      }
      await harness.registry.stop(bento.id);
      expect(servingOf(processesWith(harness.mark))).toEqual([]);
      // Looking for a free port binds it for a moment.
      await until('closed ports', () => stillListening(bento).length === 0, 2000);
      await harness.registry.stopAll();
      expect(processesWith(harness.mark)).toEqual([]);
    },
  );
});
