import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { EnvironmentName } from '../../scripts/environments.mts';
import type { Bento, Component } from '../../src/core/model';
import { ask, postJson } from '../support/answers';
import { until } from '../support/until';
import { localhost, newAuthority, valid, written } from '../support/certificates';
import { describeEach } from '../support/long';
import { createHarness, type Harness } from '../support/harness';
import { testHarness } from '../support/test-harness';
import { urlOf } from '../support/url-of';

const harnesses = testHarness();
let elsewhere: Harness | undefined;

afterEach(async () => {
  await elsewhere?.dispose();
  elsewhere = undefined;
});

const samples = {
  search: {
    id: 'service.py:Search',
    reference: 'service:Search',
    name: 'Embedder',
    component: 'service:Embedder',
    call: (url: string) => postJson(`${url}/search`, { query: 'warm', limit: 1 }),
    called: /_request_total\{.*\/embed.*\} [1-9]/,
  },
  shout: {
    id: 'service.py:svc',
    reference: 'service:svc',
    name: 'upper',
    component: 'runner:upper',
    call: (url: string) => postJson(`${url}/shout`, { text: 'hello' }),
    called: /_request_total\{.*\/shout.*\} [1-9]/,
  },
} as const;

type Sample = keyof typeof samples;

function options(environment: EnvironmentName, sample: Sample, settings: object) {
  const { reference } = samples[sample];
  return {
    ...{ python: harnesses.pythons[environment], sample: `samples/${sample}`, reference },
    // Addresses that a workspace sets are asked about.
    consent: true,
    settings: { http: { apiWorkers: 1 }, health: { interval: 0.5 }, ...settings },
  };
}

const componentOf = ({ registry }: Harness, sample: Sample): Component | undefined =>
  registry.bento(samples[sample].id)?.components.find(({ id }) => id === samples[sample].component);

describeEach(
  [
    ['bentoml-1.4', 'search', 'workers', 3821],
    ['bentoml-1.4', 'shout', 'workers', 3824],
  ],
  [
    ['bentoml-1.4', 'search', 'cli', 3822],
    ['bentoml-1.3', 'search', 'workers', 3823],
    ['bentoml-1.0', 'shout', 'cli', 3825],
  ],
)('%s, %s, %s: a component that runs elsewhere', (environment, sample, launcher, port) => {
  it('is called and watched there, and not started here', async () => {
    const { id, name, call, called } = samples[sample];
    // One that no other test is given while it is away.
    const own = { runners: { [name]: { host: '127.0.0.1', port } } };
    elsewhere = createHarness(options(environment, sample, own));
    await elsewhere.registry.serve(id);
    const remote = `tcp://127.0.0.1:${port}`;
    // A worker whose dependency was away does not end politely (BentoML).
    const here = { launcher, stopGracePeriod: 1, runners: { [name]: { remote } } };
    const harness = harnesses.set(options(environment, sample, here));
    const bento: Bento = await harness.registry.serve(id);
    expect(componentOf(harness, sample)).toMatchObject({
      ...{ state: 'ready', remote: true, host: '127.0.0.1', port, pids: [] },
    });
    const { status, body } = await call(urlOf(bento));
    expect(status, body).toBe(200);
    const metrics = await ask(`http://127.0.0.1:${port}/metrics`);
    expect(metrics.body).toMatch(called);
    await elsewhere.registry.stop(id);

    await until('it is missed', () => componentOf(harness, sample)?.state === 'unhealthy');
    const entry = (): Component | undefined => harness.registry.bento(id)?.components[0];
    await until('what calls it says so', () =>
      (entry()?.problem?.message ?? '').includes(`waits for ${name}, which is unhealthy`),
    );
    await elsewhere.dispose();
    elsewhere = createHarness(options(environment, sample, own));
    await elsewhere.registry.serve(id);
    await until('all is well again', () => harness.registry.bento(id)?.state === 'ready');
    await harness.registry.stop(id);
    expect(componentOf(elsewhere, sample)?.state).toBe('ready');
  });
});

/** What stands before a server that has no TLS. */
const tlsProxy = (pair: tls.TlsOptions, port: number): tls.Server =>
  tls.createServer(pair, (client) => {
    const server = net.connect(port, '127.0.0.1');
    client.pipe(server).pipe(client);
    client.on('error', () => server.destroy());
    server.on('error', () => client.destroy());
  });

async function portOf(server: tls.Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as net.AddressInfo).port;
}

describe('an address', () => {
  it('with TLS is verified by those who call and by those who watch', async () => {
    let proxy: tls.Server | undefined;
    const folder = mkdtempSync(path.join(os.tmpdir(), 'serve-bento-remote-'));
    try {
      const authority = await newAuthority();
      const subject = { commonName: 'elsewhere', usage: 'server', hosts: localhost } as const;
      const pair = await authority.issue({ ...subject, ...valid(30) });
      const caFile = written(folder, 'ca.pem', authority.certificate);
      // A service that is reached from outside takes no pickles: what answers them is a dependency, which has no TLS.
      const own = { runners: { Embedder: { host: '127.0.0.1' } } };
      elsewhere = createHarness(options('bentoml-1.4', 'search', own));
      await elsewhere.registry.serve(samples.search.id);
      const { port = 0 } = componentOf(elsewhere, 'search') ?? {};
      proxy = tlsProxy({ cert: pair.certificate, key: pair.key }, port);
      const remote = `https://localhost:${await portOf(proxy)}`;
      const settings = { env: { SSL_CERT_FILE: caFile }, runners: { Embedder: { remote } } };
      const here = options('bentoml-1.4', 'search', settings);
      const harness = harnesses.set(here);
      const bento = await harness.registry.serve(samples.search.id);
      expect(componentOf(harness, 'search')).toMatchObject({ state: 'ready', url: remote });
      const { status, body } = await samples.search.call(urlOf(bento));
      expect(status, body).toBe(200);
    } finally {
      proxy?.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('that runners cannot be reached at is refused in words', async () => {
    const runners = { upper: { remote: 'https://127.0.0.1:1' } };
    const { registry } = harnesses.set(options('bentoml-1.0', 'shout', { runners }));
    await expect(registry.serve(samples.shout.id)).rejects.toMatchObject({
      code: 'settings',
      message:
        'serveBento.runners.upper.remote is https://127.0.0.1:1, and BentoML reaches runners at tcp://HOST:PORT only: set such an address, or remove the setting.',
    });
  });

  it('where nothing answers is told with what can be done', async () => {
    const remote = 'tcp://127.0.0.1:9';
    const settings = { startTimeout: 5, runners: { Embedder: { remote } } };
    const { registry } = harnesses.set(options('bentoml-1.4', 'search', settings));
    await expect(registry.serve(samples.search.id)).rejects.toMatchObject({
      code: 'start-timeout',
      message: `Embedder was not ready after 5.0 s (connection refused): start it at ${remote}, or correct serveBento.runners.Embedder.remote.`,
    });
  });
});
