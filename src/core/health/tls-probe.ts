import { connect } from 'node:tls';
import type { Clock } from '../clock';
import { say } from '../messages/message';
import { oneLine } from '../one-line';
import type { TlsClient } from '../tls/tls-client';
import { reachable } from '../address';
import type { Probe, ProbeResult } from './probe';
import { tlsRefusal, wantsCertificate } from './tls-refusal';

/**
 * Only whether it takes part in a handshake with the right certificate: for a server that wants one of its clients, and
 * none is set that it would accept.
 */
export class TlsProbe implements Probe {
  readonly #address: { readonly host: string; readonly port: number };
  readonly #tls: TlsClient;
  readonly #clock: Clock;

  constructor(
    address: { readonly host: string; readonly port: number },
    tls: TlsClient,
    clock: Clock,
  ) {
    this.#address = address;
    this.#tls = tls;
    this.#clock = clock;
  }

  live(signal: AbortSignal): Promise<ProbeResult> {
    return this.ready(signal);
  }

  async ready(signal: AbortSignal): Promise<ProbeResult> {
    const from = this.#clock.now();
    const error = await this.#shakeHands(signal);
    if (error === undefined || wantsCertificate(error)) {
      return { outcome: 'ok', latencyMs: this.#clock.now() - from };
    }
    if (signal.aborted) return { outcome: 'silent', reason: say('noHandshake') };
    const refusal = tlsRefusal(error);
    if (refusal !== undefined) return { outcome: 'refused', reason: refusal };
    const isRefused = error.code === 'ECONNREFUSED';
    const reason = isRefused ? say('connectionRefused') : oneLine(error.message);
    return { outcome: 'silent', reason };
  }

  dispose(): void {
    // Each question has a connection of its own.
  }

  async #shakeHands(signal: AbortSignal): Promise<NodeJS.ErrnoException | undefined> {
    const { host, port } = this.#address;
    const options = await this.#tls.options();
    return new Promise((resolve) => {
      // gRPC wants to hear of HTTP/2.
      const socket = connect({
        ...options,
        host: reachable(host),
        port,
        ALPNProtocols: ['h2', 'http/1.1'],
      });
      const end = (outcome: NodeJS.ErrnoException | undefined): void => {
        signal.removeEventListener('abort', abort);
        socket.destroy();
        resolve(outcome);
      };
      const abort = (): void => end(new Error('aborted'));
      socket.on('secureConnect', () => end(undefined));
      socket.on('error', end);
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
  }
}
