import { credentials } from '@grpc/grpc-js';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { TLSSocket, type ConnectionOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EnvironmentName } from '../../scripts/environments.mts';
import type { Bento, Component } from '../../src/core/model';
import type { Authority, IssuedCertificate } from '../../src/core/tls/issue-certificates';
import { callShout } from '../support/call-grpc';
import {
  localhost,
  newAuthority,
  valid,
  withPassword,
  writePair,
  written,
  type CertificateFiles,
} from '../support/certificates';
import { itEach } from '../support/long';
import { processesWith } from '../support/processes';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';

const harnesses = testHarness({ sharesHelpers: true });
const password = 'open sesame 4711';
const cipher = 'ECDHE-ECDSA-CHACHA20-POLY1305';

let folder: string;
let authority: Authority;
let ca: string;
let caFile: string;
let server: CertificateFiles;
let client: CertificateFiles;
let locked: CertificateFiles;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'serve-bento-tls-'));
  authority = await newAuthority();
  ca = authority.certificate;
  caFile = written(folder, 'ca.pem', ca);
  const issued = await authority.issue({
    commonName: 'test',
    usage: 'server',
    hosts: localhost,
    ...valid(30),
  });
  server = writePair(folder, 'server', issued);
  client = writePair(
    folder,
    'client',
    await authority.issue({ commonName: 'a client', usage: 'client', ...valid(30) }),
  );
  const key = withPassword(issued.key, password);
  locked = writePair(folder, 'locked', { certificate: issued.certificate, key });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const samples = {
  service: { sample: 'samples/search', reference: 'service:Search', id: 'service.py:Search' },
  legacy: { sample: 'samples/shout', reference: 'service:svc', id: 'service.py:svc' },
};

async function serve(
  environment: EnvironmentName,
  generation: keyof typeof samples,
  settings: object,
): Promise<Bento> {
  const { id, ...sample } = samples[generation];
  const harness = harnesses.set({
    python: harnesses.pythons[environment],
    ...sample,
    settings: { warmUp: 'onServe', ...settings },
    keyPassword: password,
  });
  return harness.registry.serve(id);
}

const component = (bento: Bento, id: string): Component => {
  const found = bento.components.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no component ${id} in ${JSON.stringify(bento)}`);
  return found;
};

interface Seen {
  readonly status: number;
  readonly fingerprint: string;
  readonly protocol: string | null;
  readonly cipher: string;
}

/** As any client asks, which trusts the authority. */
function ask(bento: Bento, options: ConnectionOptions = {}): Promise<Seen> {
  const url = `${component(bento, 'http').url ?? ''}/livez`;
  return new Promise((resolve, reject) => {
    https
      .get(url, { ca, agent: false, ...options }, (response) => {
        const { socket } = response;
        if (!(socket instanceof TLSSocket)) throw new Error('It is not a TLS connection.');
        resolve({
          status: response.statusCode ?? 0,
          fingerprint: socket.getPeerCertificate().fingerprint256,
          protocol: socket.getProtocol(),
          cipher: socket.getCipher().name,
        });
        response.resume();
      })
      .on('error', reject);
  });
}

const own = (): ConnectionOptions => ({
  cert: readFileSync(client.certFile),
  key: readFileSync(client.keyFile),
});

const forProbes = (): object => ({
  clientCertFile: client.certFile,
  clientKeyFile: client.keyFile,
});

describe.skipIf(process.platform === 'win32')('TLS', () => {
  itEach(
    [
      ['bentoml-1.4', 'service', 'workers'],
      ['bentoml-1.4', 'service', 'cli'],
      ['bentoml-1.4', 'legacy', 'workers'],
      ['bentoml-1.0', 'legacy', 'cli'],
    ],
    [
      ['bentoml-1.4', 'legacy', 'cli'],
      ['bentoml-1.0', 'legacy', 'workers'],
    ],
  )(
    'of %s, %s, %s serves only clients with a certificate, in the version and with the cipher that are set',
    async (environment, generation, launcher) => {
      const tls = {
        ...server,
        ...forProbes(),
        caFile,
        clientCertificates: 'required',
        version: 'TLSv1.2',
        ciphers: cipher,
      };
      const bento = await serve(environment, generation, { launcher, http: { tls } });
      expect(await ask(bento, own())).toMatchObject({ status: 200, protocol: 'TLSv1.2', cipher });
      await expect(ask(bento)).rejects.toThrow();
      await expect(ask(bento, { ...own(), minVersion: 'TLSv1.3' })).rejects.toThrow();
      await expect(
        ask(bento, { ...own(), ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }),
      ).rejects.toThrow();
    },
  );

  it('warns of a certificate that is about to expire, and a restart of its component applies a new one', async () => {
    const issue = (days: number): Promise<IssuedCertificate> =>
      authority.issue({ commonName: 'short', usage: 'server', hosts: localhost, ...valid(days) });
    const files = writePair(folder, 'short', await issue(4));
    const bento = await serve('bentoml-1.4', 'service', { http: { tls: { ...files, caFile } } });
    const { registry } = harnesses.current;
    await until('the warning', () => registry.warnings(bento.id).length > 0);
    expect(registry.warnings(bento.id)).toEqual([
      { kind: 'certificateExpires', component: 'http', file: files.certFile, days: 2 },
    ]);
    const before = await ask(bento);
    writePair(folder, 'short', await issue(40));
    await registry.restart(bento.id, 'http');
    expect(registry.warnings(bento.id)).toEqual([]);
    expect((await ask(bento)).fingerprint).not.toBe(before.fingerprint);
  });

  itEach([['auto']], [['TLSv1.2']])(
    'is watched by its handshake where no certificate of ours would be accepted (%s)',
    async (version) => {
      const tls = { ...server, caFile, clientCertificates: 'required', version };
      const bento = await serve('bentoml-1.4', 'service', { http: { tls } });
      expect(bento.state).toBe('ready');
      expect(harnesses.current.registry.warnings(bento.id)).toEqual([
        { kind: 'readinessUnknown', component: 'http' },
      ]);
      expect(await ask(bento, own())).toMatchObject({ status: 200 });
    },
  );

  itEach(
    [['bentoml-1.1', 'workers', 'v1']],
    [
      ['bentoml-1.4', 'workers', 'v1'],
      ['bentoml-1.4', 'cli', 'v1'],
    ],
  )(
    'of %s, %s is there for gRPC, and wants certificates where an authority is set',
    async (environment, launcher, protocol) => {
      const target = (bento: Bento): string => `127.0.0.1:${component(bento, 'grpc').port ?? 0}`;
      const call = (bento: Bento, ...own: readonly Buffer[]): Promise<string> =>
        callShout(target(bento), protocol, 'hello', credentials.createSsl(Buffer.from(ca), ...own));
      const open = await serve(environment, 'legacy', {
        launcher,
        http: { enabled: false },
        grpc: { enabled: true, tls: server },
      });
      expect(await call(open)).toContain('HELLO!');
      await expect(callShout(target(open), protocol, 'hello')).rejects.toThrow();
      await harnesses.dispose();

      const closed = await serve(environment, 'legacy', {
        launcher,
        http: { enabled: false },
        grpc: { enabled: true, tls: { ...server, ...forProbes(), caFile } },
      });
      expect(
        await call(closed, readFileSync(client.keyFile), readFileSync(client.certFile)),
      ).toContain('HELLO!');
      await expect(call(closed)).rejects.toThrow();
    },
  );

  itEach(
    [['bentoml-1.4', 'service', 'workers']],
    [
      ['bentoml-1.4', 'service', 'cli'],
      ['bentoml-1.4', 'legacy', 'workers'],
      ['bentoml-1.4', 'legacy', 'cli'],
      ['bentoml-1.0', 'legacy', 'cli'],
    ],
  )(
    'of %s, %s, %s has the certificate of the settings, and opens its key with a password, which no process gets',
    async (environment, generation, launcher) => {
      const grpc = generation === 'legacy' && environment !== 'bentoml-1.0';
      const bento = await serve(environment, generation, {
        launcher,
        http: { tls: locked },
        grpc: { enabled: grpc, tls: locked },
      });
      expect(bento.state).toBe('ready');
      expect(component(bento, 'http').url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
      expect(await ask(bento)).toMatchObject({
        status: 200,
        fingerprint: new X509Certificate(readFileSync(locked.certFile)).fingerprint256,
      });
      await expect(ask(bento, { ca: [] })).rejects.toThrow(/unable to/);
      await expect(
        fetch(`http://127.0.0.1:${component(bento, 'http').port ?? 0}/livez`),
      ).rejects.toThrow();
      const pids = processesWith(harnesses.current.mark);
      expect(pids.length).toBeGreaterThan(2);
      if (process.platform !== 'linux') return;
      const public_ = pids.flatMap((pid) => [
        readFileSync(`/proc/${pid}/cmdline`, 'latin1'),
        readFileSync(`/proc/${pid}/environ`, 'latin1'),
      ]);
      expect(public_.join('\0')).not.toContain(password);
      expect(public_.join('\0')).not.toContain('PRIVATE KEY');
    },
  );
});
