import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/core/clock';
import type { Address } from '../../../src/core/address';
import { HttpProbe } from '../../../src/core/health/http-probe';
import { inEnglish } from '../../support/probe-in-english';

describe('the HTTP probe', () => {
  let server: http.Server;
  let answer: (path: string, response: http.ServerResponse) => void;
  let address: Address;
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'probe-'));
    server = http.createServer((request, response) => answer(request.url ?? '', response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = { kind: 'tcp', host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  const ready = (to: Address = address, signal = AbortSignal.timeout(5000)) =>
    new HttpProbe(to, { live: '/livez', ready: '/readyz' }, systemClock).ready(signal);

  const respond =
    (status: number, body = '', headers: http.OutgoingHttpHeaders = {}) =>
    (_: string, response: http.ServerResponse): void =>
      void response.writeHead(status, headers).end(body);

  it('is content with 200', async () => {
    answer = respond(200);
    expect(await ready()).toMatchObject({ outcome: 'ok' });
  });

  it('succeeds at the first one when a server is back, however often nothing listened', async () => {
    answer = respond(200);
    const probe = new HttpProbe(address, { live: '/livez', ready: '/readyz' }, systemClock);
    const ask = async () => inEnglish(await probe.ready(AbortSignal.timeout(5000)));
    expect(await ask()).toMatchObject({ outcome: 'ok' });
    await new Promise((resolve) => server.close(resolve));
    for (let count = 0; count < 12; count++) {
      expect(await ask()).toEqual({ outcome: 'silent', reason: 'connection refused' });
    }
    const { port } = address as { port: number };
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expect(await ask()).toMatchObject({ outcome: 'ok' });
  });

  it('tells what a refusal said, on one line', async () => {
    answer = respond(503, 'Runners are not ready.\n\u001b[2J');
    expect(inEnglish(await ready())).toEqual({
      outcome: 'refused',
      reason: '/readyz answered 503: Runners are not ready. [2J',
    });
  });

  it('follows a redirect on the same server', async () => {
    answer = (path, response) =>
      path === '/readyz'
        ? respond(301, '', { location: '/ping' })(path, response)
        : respond(200)(path, response);
    expect(await ready()).toMatchObject({ outcome: 'ok' });
  });

  it.each(['http://127.0.0.1:1/ping', 'https://example.org/', '//example.org/x'])(
    'does not follow a redirect to %s',
    async (location) => {
      answer = respond(302, '', { location });
      expect(await ready()).toMatchObject({ outcome: 'refused' });
    },
  );

  it('does not follow redirects for ever', async () => {
    answer = respond(302, '', { location: '/readyz' });
    expect(inEnglish(await ready())).toMatchObject({
      outcome: 'refused',
      reason: '/readyz redirects more than 3 times',
    });
  });

  it('gives up with its signal', async () => {
    answer = () => undefined;
    expect(await ready(address, AbortSignal.timeout(50))).toMatchObject({ outcome: 'silent' });
  });

  it('reads no more than it needs of an endless answer', async () => {
    answer = (_, response) => {
      response.writeHead(503);
      const more = (): void => {
        if (!response.destroyed) response.write('x'.repeat(65_536), () => setImmediate(more));
      };
      more();
    };
    expect(await ready()).toMatchObject({ outcome: 'refused' });
  });

  it('has no answer from a server that changes the protocol', async () => {
    server.on('connection', (socket) => {
      socket.write('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
    });
    expect(inEnglish(await ready())).toEqual({
      outcome: 'silent',
      reason: '/readyz could not be reached: it answered with another protocol',
    });
  });

  it('says that nothing listens', async () => {
    expect(inEnglish(await ready({ kind: 'tcp', host: '127.0.0.1', port: 1 }))).toEqual({
      outcome: 'silent',
      reason: 'connection refused',
    });
  });

  it('goes past the proxy of the environment', async () => {
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1');
    vi.stubEnv('http_proxy', 'http://127.0.0.1:1');
    answer = respond(200);
    expect(await ready()).toMatchObject({ outcome: 'ok' });
  });

  it.skipIf(process.platform === 'win32')('asks over a Unix socket', async () => {
    answer = respond(200);
    const socket = path.join(folder, 's');
    const other = http.createServer((_, response) => response.end('ok')).listen(socket);
    await new Promise((resolve) => other.once('listening', resolve));
    expect(await ready({ kind: 'unix', path: socket })).toMatchObject({ outcome: 'ok' });
    other.close();
  });
});
