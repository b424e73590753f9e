import { isIP } from 'node:net';
import type { Clock } from '../clock';
import { say, type Argument } from '../messages/message';
import { oneLine } from '../one-line';
import type { TlsClient } from '../tls/tls-client';
import { reachable } from '../address';
import type { HealthClient } from './grpc-client';
import type { Probe, ProbeResult } from './probe';

const serving = 1;
/** gRPC status code UNIMPLEMENTED: the server has no health service. */
const unimplemented = 12;

export type LoadHealthClient = (target: string, tls?: TlsClient) => Promise<HealthClient>;

/** Asks `grpc.health.v1`; live and ready are the same question there. */
export class GrpcProbe implements Probe {
  readonly #target: string;
  readonly #load: LoadHealthClient;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #tls: TlsClient | undefined;
  #client: Promise<HealthClient> | undefined;

  constructor(
    { host, port }: { readonly host: string; readonly port: number },
    timeoutMs: number,
    load: LoadHealthClient,
    clock: Clock,
    tls?: TlsClient,
  ) {
    this.#target = target(reachable(host), port);
    this.#timeoutMs = timeoutMs;
    this.#load = load;
    this.#clock = clock;
    this.#tls = tls;
  }

  live(signal: AbortSignal): Promise<ProbeResult> {
    return this.ready(signal);
  }

  async ready(signal: AbortSignal): Promise<ProbeResult> {
    const from = this.#clock.now();
    try {
      this.#client ??= this.#load(this.#target, this.#tls);
      const client = await this.#client;
      const status = await client.check(this.#clock.date() + this.#timeoutMs, signal);
      return status === serving
        ? { outcome: 'ok', latencyMs: this.#clock.now() - from }
        : { outcome: 'refused', reason: say('notServing', { status }) };
    } catch (error) {
      const { code, message } = error as { code?: unknown; message?: string };
      if (code === unimplemented) {
        return { outcome: 'refused', reason: say('noHealthService') };
      }
      // A channel answers from its last connection attempt, waits between attempts, and gives a connection that hangs
      // 20 s. It also knows only the certificates it was made with. A new one connects now.
      this.#forget();
      return { outcome: 'silent', reason: silence(message ?? String(error)) };
    }
  }

  dispose(): void {
    this.#forget();
  }

  #forget(): void {
    void this.#client?.then((client) => client.close()).catch(() => undefined);
    this.#client = undefined;
  }
}

/** The gRPC library has the cause of a failed connection in its message only. */
function silence(details: string): Argument {
  return details.includes('ECONNREFUSED') ? say('connectionRefused') : oneLine(details);
}

/** As gRPC's resolvers are told; a name is looked up. */
function target(host: string, port: number): string {
  switch (isIP(host)) {
    case 0:
      return `dns:${host}:${port}`;
    case 4:
      return `ipv4:${host}:${port}`;
    default:
      return `ipv6:[${host}]:${port}`;
  }
}
