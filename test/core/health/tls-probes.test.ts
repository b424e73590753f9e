import { readFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import https from 'node:https';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock';
import { HttpProbe } from '../../../src/core/health/http-probe';
import type { ProbeResult } from '../../../src/core/health/probe';
import { TlsProbe } from '../../../src/core/health/tls-probe';
import type { Authority } from '../../../src/core/tls/issue-certificates';
import { TlsClient } from '../../../src/core/tls/tls-client';
import {
  localhost,
  newAuthority,
  valid,
  writePair,
  written,
  type CertificateFiles,
} from '../../support/certificates';
import { inEnglish } from '../../support/probe-in-english';

describe('probes of a server with TLS', () => {
  let folder: string;
  let authority: Authority;
  let caFile: string;
  let server: Server | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'tls-probes-'));
    authority = await newAuthority();
    caFile = written(folder, 'ca.pem', authority.certificate);
  });

  afterEach(() => server?.close());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const pair = async (name: string, hosts = localhost, days = 30): Promise<CertificateFiles> =>
    writePair(
      folder,
      name,
      await authority.issue({ commonName: name, usage: 'server', hosts, ...valid(days, 20) }),
    );

  const text = (file: string): string => readFileSync(file, 'utf8');

  async function listen(
    { certFile, keyFile }: CertificateFiles,
    options: https.ServerOptions = {},
    port = 0,
  ): Promise<{ kind: 'tcp'; host: string; port: number }> {
    const made = https.createServer(
      { cert: text(certFile), key: text(keyFile), ...options },
      (_, response) => void response.writeHead(200).end(),
    );
    await new Promise<void>((resolve) => made.listen(port, '127.0.0.1', resolve));
    server = made;
    return { kind: 'tcp', host: '127.0.0.1', port: (made.address() as AddressInfo).port };
  }

  const client = (anchorFile = caFile, anchors = [authority.certificate]): TlsClient =>
    new TlsClient({
      name: 'localhost',
      anchors,
      anchorFile,
      usePublicCAs: false,
      pair: undefined,
      acceptsOurCertificate: true,
    });

  const paths = { live: '/livez', ready: '/readyz' };
  const ask = async (probe: HttpProbe | TlsProbe): Promise<ProbeResult> =>
    inEnglish(await probe.ready(AbortSignal.timeout(5000)));

  it('are content with the certificate of the authority', async () => {
    const address = await listen(await pair('good'));
    for (const probe of [
      new HttpProbe(address, paths, systemClock, client()),
      new TlsProbe(address, client(), systemClock),
    ]) {
      expect(await ask(probe)).toMatchObject({ outcome: 'ok' });
    }
  });

  it.each([
    ['expired', localhost, 10, 'its certificate has expired'],
    ['of-another', ['api.example.com'], 30, 'its certificate is for another host'],
  ] as const)('are refused by one that is %s', async (name, hosts, days, reason) => {
    const address = await listen(await pair(name, hosts, days));
    for (const probe of [
      new HttpProbe(address, paths, systemClock, client()),
      new TlsProbe(address, client(), systemClock),
    ]) {
      expect(await ask(probe)).toEqual({ outcome: 'refused', reason });
    }
  });

  it('do not take the certificate of a stranger', async () => {
    const stranger = await (
      await newAuthority()
    ).issue({ commonName: 'stranger', usage: 'server', hosts: localhost, ...valid(30) });
    const address = await listen(writePair(folder, 'stranger', stranger));
    expect(await ask(new HttpProbe(address, paths, systemClock, client()))).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('not the one that was checked') as string,
    });
  });

  it('take the certificate itself where no authority is set, and a new one in its place', async () => {
    const first = await pair('itself');
    const own = client(first.certFile, [text(first.certFile)]);
    const probe = (address: Awaited<ReturnType<typeof listen>>): HttpProbe =>
      new HttpProbe(address, paths, systemClock, own);
    expect(await ask(probe(await listen(first)))).toMatchObject({ outcome: 'ok' });
    server?.close();
    const renewed = await pair('itself');
    expect(await ask(probe(await listen(renewed)))).toMatchObject({ outcome: 'ok' });
  });

  it('say of a server without TLS that there is none', async () => {
    const plain = http.createServer((_, response) => void response.end());
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    server = plain;
    const { port } = plain.address() as AddressInfo;
    const address = { kind: 'tcp', host: '127.0.0.1', port } as const;
    expect(await ask(new HttpProbe(address, paths, systemClock, client()))).toMatchObject({
      outcome: 'refused',
      reason: expect.stringContaining('the TLS handshake failed') as string,
    });
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'see by the handshake that a server lives which wants a certificate (%s)',
    async (version) => {
      const address = await listen(await pair('wants'), {
        requestCert: true,
        ca: authority.certificate,
        maxVersion: version,
      });
      expect(await ask(new TlsProbe(address, client(), systemClock))).toMatchObject({
        outcome: 'ok',
      });
    },
  );

  it('are silent when nothing listens, or in time', async () => {
    const address = await listen(await pair('gone'));
    await new Promise((resolve) => server?.close(resolve));
    expect(await ask(new TlsProbe(address, client(), systemClock))).toEqual({
      outcome: 'silent',
      reason: 'connection refused',
    });
    expect(
      await new TlsProbe(address, client(), systemClock).ready(AbortSignal.abort()),
    ).toMatchObject({ outcome: 'silent' });
  });

  it('succeed at the first one when a server is back, however often nothing listened', async () => {
    const files = await pair('back');
    const address = await listen(files);
    const probes = [
      new HttpProbe(address, paths, systemClock, client()),
      new TlsProbe(address, client(), systemClock),
    ];
    for (const probe of probes) expect(await ask(probe)).toMatchObject({ outcome: 'ok' });
    await new Promise((resolve) => server?.close(resolve));
    for (let count = 0; count < 12; count++) {
      for (const probe of probes) expect(await ask(probe)).toMatchObject({ outcome: 'silent' });
    }
    await listen(files, {}, address.port);
    for (const probe of probes) expect(await ask(probe)).toMatchObject({ outcome: 'ok' });
  });
});
