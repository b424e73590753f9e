import { credentials } from '@grpc/grpc-js';
import { mkdtempSync, rmSync } from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { expect, inject, it, onTestFinished } from 'vitest';
import { output } from '../../scripts/run-program.mts';
import { callShout } from '../support/call-grpc';
import { localhost, newAuthority, valid, writePair } from '../support/certificates';
import { testHarness } from '../support/test-harness';

const engine = inject('engine');
const harnesses = testHarness();

it('a bento with runners is served on Docker Compose over TLS, by HTTP and by gRPC', async () => {
  const certificates = mkdtempSync(path.join(os.tmpdir(), 'tls-on-compose-'));
  onTestFinished(() => rmSync(certificates, { recursive: true, force: true }));
  const authority = await newAuthority();
  const issued = await authority.issue({
    ...{ commonName: 'test', usage: 'server', hosts: localhost },
    ...valid(30),
  });
  const tls = writePair(certificates, 'server', issued);
  const { registry, folder } = harnesses.set({
    ...{ python: engine.pythons['bentoml-1.1'], sample: 'samples/shout' },
    ...{ reference: 'service:svc', engine },
    settings: { target: 'compose', http: { tls }, grpc: { enabled: true, tls } },
  });
  const [{ id } = { id: '' }] = registry.bentos;
  const { components, state } = await registry.serve(id);
  expect(state).toBe('ready');
  const { certificate: ca } = authority;
  const [http, grpc] = ['http', 'grpc'].map((one) => components.find(({ id: own }) => own === one));
  expect(http?.url).toMatch(/^https:/);
  expect(await statusOf(`${http?.url ?? ''}/readyz`, ca)).toBe(200);
  await expect(statusOf(`${http?.url ?? ''}/readyz`)).rejects.toThrow(/certificate/);

  const address = `${grpc?.host ?? ''}:${String(grpc?.port)}`;
  const trusted = credentials.createSsl(Buffer.from(ca));
  expect(await callShout(address, 'v1', 'hello', trusted)).toContain('HELLO!');
  await expect(callShout(address, 'v1', 'hello')).rejects.toThrow();

  const restarted = await registry.restart(id, 'grpc');
  expect(restarted.state).toBe('ready');
  expect(await callShout(address, 'v1', 'again', trusted)).toContain('AGAIN!');

  await registry.stop(id);
  const left = ['ps', '--all', '--quiet', '--filter', `volume=${folder}`];
  expect(await output('docker', left, { env: engine.env })).toBe('');
}, 300_000);

/** Asks as a client that trusts this authority, or only those of the system. */
function statusOf(url: string, ca?: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    https
      .get(url, { agent: false, ...(ca === undefined ? {} : { ca }) }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
      .on('error', reject);
  });
}
