import * as grpc from '@grpc/grpc-js';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock';
import { createHealthClient } from '../../../src/core/health/grpc-client';
import { GrpcProbe } from '../../../src/core/health/grpc-probe';
import type { ProbeResult } from '../../../src/core/health/probe';
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

const passBytes = (bytes: Buffer): Buffer => bytes;
const healthService = {
  check: {
    ...{ path: '/grpc.health.v1.Health/Check', requestStream: false, responseStream: false },
    ...{ requestSerialize: passBytes, requestDeserialize: passBytes },
    ...{ responseSerialize: passBytes, responseDeserialize: passBytes },
  },
};
/** `HealthCheckResponse { status: SERVING }` */
const serving = Buffer.from([0x08, 1]);

async function startGrpc(credentials: grpc.ServerCredentials, port = 0): Promise<GrpcServer> {
  const server = new grpc.Server();
  const check: grpc.handleUnaryCall<Buffer, Buffer> = (_, reply) => reply(null, serving);
  server.addService(healthService, { check });
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, number) =>
      error === null ? resolve(number) : reject(error),
    ),
  );
  return { port: bound, end: () => server.forceShutdown() };
}

interface GrpcServer {
  readonly port: number;
  end(): void;
}

/** Accepts connections and never says a word, as a process that is stopped does. */
async function startMute(port: number): Promise<{ end(): Promise<void> }> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    end: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

describe('a gRPC probe', () => {
  let folder: string;
  let files: CertificateFiles;
  let tls: TlsClient;
  const ends: (() => unknown)[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'grpc-probe-'));
    const authority = await newAuthority();
    const issued = { commonName: 'localhost', usage: 'server', hosts: localhost } as const;
    files = writePair(folder, 'server', await authority.issue({ ...issued, ...valid(30) }));
    tls = new TlsClient({
      name: 'localhost',
      anchors: [authority.certificate],
      anchorFile: written(folder, 'ca.pem', authority.certificate),
      usePublicCAs: false,
      pair: undefined,
      acceptsOurCertificate: true,
    });
  });

  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const serverCredentials = (secure: boolean): grpc.ServerCredentials => {
    if (!secure) return grpc.ServerCredentials.createInsecure();
    const pair = {
      private_key: readFileSync(files.keyFile),
      cert_chain: readFileSync(files.certFile),
    };
    return grpc.ServerCredentials.createSsl(null, [pair]);
  };

  const probeOf = (port: number, host: string, secure: boolean): GrpcProbe => {
    const probe = new GrpcProbe(
      { host, port },
      ...([500, createHealthClient, systemClock, secure ? tls : undefined] as const),
    );
    ends.push(() => probe.dispose());
    return probe;
  };

  const ask = async (probe: GrpcProbe): Promise<ProbeResult> =>
    inEnglish(await probe.ready(AbortSignal.timeout(5000)));

  const awayAndBack = [
    ['127.0.0.1', false],
    ['localhost', false],
    ['127.0.0.1', true],
    ['localhost', true],
  ] as const;

  // At an interval of 5 s: one, and those of a minute. Nothing is remembered from one to the next, so time adds nothing.
  describe.each([1, 12])('after %i failed probes', (failures) => {
    it.each(awayAndBack)('succeeds at the first one when %s, TLS %s, is back', async (...to) => {
      const [host, secure] = to;
      let server = await startGrpc(serverCredentials(secure));
      ends.push(() => server.end());
      const probe = probeOf(server.port, host, secure);
      expect(await ask(probe)).toMatchObject({ outcome: 'ok' });
      server.end();
      for (let count = 0; count < failures; count++) {
        expect(await ask(probe)).toEqual({ outcome: 'silent', reason: 'connection refused' });
      }
      server = await startGrpc(serverCredentials(secure), server.port);
      expect(await ask(probe)).toMatchObject({ outcome: 'ok' });
    });
  });

  it.each(awayAndBack)('does not wait for a connection that hangs: %s, TLS %s', async (...to) => {
    const [host, secure] = to;
    let server = await startGrpc(serverCredentials(secure));
    const { port } = server;
    const probe = probeOf(port, host, secure);
    expect(await ask(probe)).toMatchObject({ outcome: 'ok' });
    server.end();
    const mute = await startMute(port);
    expect(await ask(probe)).toMatchObject({ outcome: 'silent' });
    await mute.end();
    server = await startGrpc(serverCredentials(secure), port);
    ends.push(() => server.end());
    expect(await ask(probe)).toMatchObject({ outcome: 'ok' });
  });

  it('says why it has no connection', async () => {
    const server = net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const result = await ask(probeOf(port, '127.0.0.1', false));
    expect(result.outcome).toBe('silent');
    expect(result).not.toMatchObject({ reason: 'connection refused' });
  });
});
