import http from 'node:http';
import https from 'node:https';
import type { Clock } from '../clock';
import { oneLineMessage, say, type Message } from '../messages/message';
import { oneLine } from '../one-line';
import type { TlsClient } from '../tls/tls-client';
import { reachable, type Address } from '../address';
import type { Probe, ProbeResult } from './probe';
import { probeName } from './probe-name';
import { tlsRefusal } from './tls-refusal';

const maxRedirects = 3;
/** The reason people read is in the first lines. */
const bodyLimit = 64 * 1024;
/** In UTF-16 units. */
const longestReason = 300;

class OtherProtocolError extends Error {}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly location: string | undefined;
}

/** Asks over HTTP on a port or a Unix socket, past any proxy. */
export class HttpProbe implements Probe {
  readonly #address: Address;
  readonly #paths: { readonly live: string; readonly ready: string };
  readonly #clock: Clock;
  readonly #tls: TlsClient | undefined;

  constructor(
    address: Address,
    paths: { readonly live: string; readonly ready: string },
    clock: Clock,
    tls?: TlsClient,
  ) {
    this.#address = address;
    this.#paths = paths;
    this.#clock = clock;
    this.#tls = tls;
  }

  live(signal: AbortSignal): Promise<ProbeResult> {
    return this.#ask(this.#paths.live, signal);
  }

  ready(signal: AbortSignal): Promise<ProbeResult> {
    return this.#ask(this.#paths.ready, signal);
  }

  dispose(): void {
    // Each question has a connection of its own: BentoML's servers close an idle one after 5 s, just when the next
    // question comes, and of several workers not always the same one is to answer.
  }

  async #ask(path: string, signal: AbortSignal): Promise<ProbeResult> {
    const from = this.#clock.now();
    try {
      let next = path;
      for (let hops = 0; hops <= maxRedirects; hops++) {
        const answer = await this.#get(next, signal);
        if (answer.status >= 200 && answer.status < 300) {
          return { outcome: 'ok', latencyMs: this.#clock.now() - from };
        }
        const redirected = this.#sameServer(next, answer);
        if (redirected === undefined) {
          return {
            outcome: 'refused',
            reason: oneLineMessage(reasonOf(next, answer), longestReason),
          };
        }
        next = redirected;
      }
      return { outcome: 'refused', reason: say('redirects', { path, max: maxRedirects }) };
    } catch (error) {
      const refusal = this.#tls && tlsRefusal(error);
      return refusal === undefined
        ? { outcome: 'silent', reason: oneLineMessage(silence(error, path), longestReason) }
        : { outcome: 'refused', reason: refusal };
    }
  }

  /** Services may redirect their probes; only the path within the same server is followed. */
  #sameServer(path: string, { status, location }: Answer): string | undefined {
    if (status < 300 || status > 399 || location === undefined) return undefined;
    const base = `${this.#tls === undefined ? 'http' : 'https'}://${this.#authority()}`;
    const target = URL.parse(location, base + path);
    return target?.origin === new URL(base).origin ? target.pathname + target.search : undefined;
  }

  #authority(): string {
    const address = this.#address;
    if (address.kind === 'unix') return 'localhost';
    const host = reachable(address.host);
    return `${host.includes(':') ? `[${host}]` : host}:${address.port}`;
  }

  async #get(path: string, signal: AbortSignal): Promise<Answer> {
    const address = this.#address;
    const secure = await this.#tls?.options();
    const target =
      address.kind === 'unix'
        ? { socketPath: address.path }
        : { host: reachable(address.host), port: address.port };
    return new Promise((resolve, reject) => {
      let answered = false;
      const request = (secure === undefined ? http : https).get({
        ...target,
        ...secure,
        path,
        signal,
        agent: false,
        headers: { host: this.#authority(), connection: 'close', 'user-agent': probeName },
      });
      request.on('error', reject);
      // An answer that asks for another protocol is no response, and no error either.
      request.on('close', () => {
        if (!answered) reject(new OtherProtocolError());
      });
      request.on('response', (response) => {
        answered = true;
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => {
          body += piece;
          if (body.length > bodyLimit) response.destroy();
        });
        response.on('error', reject);
        response.on('close', () => {
          resolve({
            status: response.statusCode ?? 0,
            body: body.slice(0, bodyLimit),
            location: response.headers.location,
          });
        });
      });
    });
  }
}

function reasonOf(path: string, { status, body }: Answer): Message {
  const said = oneLine(body, 200);
  return said === ''
    ? say('answered', { path, status })
    : say('answeredSaying', { path, status, body: said });
}

function silence(error: unknown, path: string): Message {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ABORT_ERR' || code === 'ETIMEDOUT') return say('noAnswerInTime', { path });
  if (code === 'ECONNREFUSED') return say('connectionRefused');
  if (code === 'ENOENT') return say('noSocket');
  if (error instanceof OtherProtocolError) {
    return say('notReachable', { path, reason: say('otherProtocol') });
  }
  const reason = error instanceof Error ? error.message : String(error);
  return say('notReachable', { path, reason });
}
