import * as grpc from '@grpc/grpc-js';
import fc from 'fast-check';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock';
import { createHealthClient } from '../../../src/core/health/grpc-client';
import { GrpcProbe } from '../../../src/core/health/grpc-probe';
import type { ProbeResult } from '../../../src/core/health/probe';
import { textOf } from '../../support/hostile';
import { checkAsync } from '../../support/properties';
import { inEnglish } from '../../support/probe-in-english';

const path = '/grpc.health.v1.Health/Check';
const limitMs = 2000;

const probeOf = (port: number): GrpcProbe =>
  new GrpcProbe(
    { host: '127.0.0.1', port },
    limitMs,
    (target) => Promise.resolve(createHealthClient(target)),
    systemClock,
  );

function expectReadable(result: ProbeResult): void {
  if (result.outcome === 'ok') return;
  const { reason = '' } = inEnglish(result);
  expect(reason).toMatch(/^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$/);
  expect(reason.length).toBeLessThan(500);
}

describe('the gRPC probe', () => {
  let close: () => void = () => undefined;
  afterEach(() => close());

  it('is content with SERVING only, whatever is answered', async () => {
    let answer: Buffer | grpc.ServiceError = Buffer.alloc(0);
    const server = new grpc.Server();
    close = () => server.forceShutdown();
    const check: grpc.handleUnaryCall<Buffer, Buffer> = (_, callback) => {
      if (Buffer.isBuffer(answer)) callback(null, answer);
      else callback(answer);
    };
    const asItIs = (bytes: Buffer): Buffer => bytes;
    const method = {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: asItIs,
      requestDeserialize: asItIs,
      responseSerialize: asItIs,
      responseDeserialize: asItIs,
    } as const;
    server.addService({ check: method }, { check });
    const port = await new Promise<number>((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      server.bindAsync('127.0.0.1:0', credentials, (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    const probe = probeOf(port);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 8 }).map((given) => Buffer.from(given)),
      fc
        .constantFrom([8, 1], [8], [], [8, 0], [8, 2], [9, 1], [8, 255, 255])
        .map((given) => Buffer.from(given)),
    );
    const failure = fc
      .tuple(fc.integer({ min: 1, max: 20 }), textOf(['\u001b[2J', '\n', 'a', '%0A', 'é'], 8))
      .map(([code, details]) => Object.assign(new Error(details), { code, details }));
    const property = fc.asyncProperty(fc.oneof(bytes, failure), async (given) => {
      answer = given as Buffer | grpc.ServiceError;
      const result = await probe.ready(new AbortController().signal);
      const serves = Buffer.isBuffer(given) && given[0] === 8 && given[1] === 1;
      expect(result.outcome === 'ok').toBe(serves);
      expectReadable(result);
    });
    await checkAsync(property, 300);
    probe.dispose();
  });

  it('has a verdict in time from a server that speaks anything else', async () => {
    let said: readonly Uint8Array[] = [];
    const open = new Set<net.Socket>();
    const server = net.createServer((socket) => {
      open.add(socket);
      socket.on('error', () => undefined);
      for (const piece of said) socket.write(piece);
    });
    close = () => {
      for (const socket of open) socket.destroy();
      server.close();
    };
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(settings, Buffer.from('HTTP/1.1 200 OK\r\n\r\n')),
    );
    const property = fc.asyncProperty(fc.array(piece, { maxLength: 4 }), async (pieces) => {
      said = pieces;
      const probe = probeOf(port);
      const result = await probe.ready(AbortSignal.timeout(50));
      expect(result.outcome).toBe('silent');
      expectReadable(result);
      probe.dispose();
    });
    await checkAsync(property, 40);
  });
});
