import fc from 'fast-check';
import net, { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock';
import { HttpProbe } from '../../../src/core/health/http-probe';
import type { ProbeResult } from '../../../src/core/health/probe';
import { textOf } from '../../support/hostile';
import { checkAsync } from '../../support/properties';
import { inEnglish } from '../../support/probe-in-english';

/** What the server does with each connection: pieces to say, one after the other, and how it ends. */
interface Script {
  readonly pieces: readonly string[];
  readonly ending: 'end' | 'destroy' | 'silence' | 'flood' | 'drip';
}

const statuses = ['200 OK', '204', '101 Switching Protocols', '100 Continue', '103', '301 Moved'];
const status = fc.oneof(
  fc.constantFrom(...statuses, '503 \u001b[2J', '000', '999 x', '99999', '-1', '', '304'),
  fc.integer({ min: 100, max: 599 }).map(String),
);
const version = fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2', 'ICY', 'http/1.1', '');
const locations = ['/ping', '/readyz', 'http://127.0.0.1:1/', '//x', 'http://[', '/%zz', '\u00ff'];
/** What makes Node take an answer for another protocol. */
const upgrade = 'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n';
const header = fc.oneof(
  fc.constantFrom(
    ...['Content-Length: 5', 'Content-Length: -1', 'Content-Length: 99999999999999999999'],
    ...['Content-Length: 5\r\nContent-Length: 6', 'Transfer-Encoding: chunked', 'Upgrade: x'],
    ...['Connection: upgrade\r\nUpgrade: websocket', 'Connection: keep-alive', ': x', 'no colon'],
    ...['Content-Encoding: gzip', '__proto__: x', `X: ${'x'.repeat(20_000)}`, 'Trailer: x'],
  ),
  fc.constantFrom(...locations).map((location) => `Location: ${location}`),
  fc.string({ maxLength: 20 }),
);
const body = fc.oneof(
  textOf(['5\r\nhello\r\n', '0\r\n\r\n', 'ffffffff\r\n', '\u001b[2J', '\n', 'not ready', '\0'], 6),
  fc.constant('x'.repeat(200_000)),
);
const answer = fc
  .tuple(version, status, fc.array(header, { maxLength: 4 }), body)
  .map(
    ([http, code, headers, text]) =>
      `${[`${http} ${code}`, ...headers].join('\r\n')}\r\n\r\n${text}`,
  );
const script: fc.Arbitrary<Script> = fc.record({
  pieces: fc.array(
    fc.oneof(
      { weight: 9, arbitrary: answer },
      { weight: 1, arbitrary: body },
      { weight: 1, arbitrary: fc.constant(upgrade) },
    ),
    { minLength: 1, maxLength: 3 },
  ),
  ending: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('end' as const, 'destroy' as const) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('silence' as const, 'flood' as const, 'drip' as const),
    },
  ),
});

const limitMs = 150;

describe('the HTTP probe', () => {
  let server: net.Server;
  let current: Script = { pieces: [], ending: 'end' };
  const open = new Set<net.Socket>();

  beforeAll(async () => {
    server = net.createServer((socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      socket.on('error', () => undefined);
      socket.once('data', () => void act(socket, current));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  async function ask(given: Script): Promise<ProbeResult> {
    current = given;
    const { port } = server.address() as AddressInfo;
    const paths = { live: '/livez', ready: '/readyz' };
    const probe = new HttpProbe({ kind: 'tcp', host: '127.0.0.1', port }, paths, systemClock);
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(), limitMs);
    try {
      return await inTime(probe.ready(end.signal));
    } finally {
      clearTimeout(timer);
    }
  }

  it('has a verdict in time, with a reason that people can read, whatever is answered', async () => {
    const property = fc.asyncProperty(script, async (given) => {
      const result = await ask(given);
      if (result.outcome === 'ok') {
        expect(given.pieces.join('')).toMatch(/ 2\d\d/);
      } else {
        const { reason = '' } = inEnglish(result);
        expect(reason).toMatch(/^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$/);
        expect(reason.length).toBeLessThan(500);
      }
    });
    await checkAsync(property, 600);
  });

  it('does not take part of an answer for readiness', async () => {
    const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
    const property = fc.asyncProperty(fc.nat(whole.length - 1), async (length) => {
      const result = await ask({ pieces: [whole.slice(0, length)], ending: 'destroy' });
      expect(result.outcome).toBe('silent');
    });
    await checkAsync(property, 40);
  });
});

/** Fails where a probe does not even end with its signal. */
async function inTime(result: Promise<ProbeResult>): Promise<ProbeResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no verdict')), 10_000);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function act(socket: net.Socket, { pieces, ending }: Script): Promise<void> {
  for (const piece of pieces) {
    await new Promise((resolve) => socket.write(piece, 'latin1', resolve));
  }
  switch (ending) {
    case 'end':
      socket.end();
      return;
    case 'destroy':
      socket.destroy();
      return;
    case 'silence':
      return;
    case 'drip': {
      const timer = setInterval(() => socket.write('x'), 5);
      socket.on('close', () => clearInterval(timer));
      return;
    }
    case 'flood': {
      const more = (): void => {
        if (!socket.destroyed) socket.write('x'.repeat(65_536), () => setImmediate(more));
      };
      more();
    }
  }
}
