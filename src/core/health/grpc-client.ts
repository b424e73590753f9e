import * as grpc from '@grpc/grpc-js';
import { createSecureContext } from 'node:tls';
import type { TlsClient } from '../tls/tls-client';
import { probeName } from './probe-name';

/**
 * `grpc.health.v1.Health/Check` for the whole server, by hand: the request is empty, and field 1 of the reply is the status.
 * Loaded with `import()` at the first gRPC component.
 * Source: the gRPC health checking protocol, health.proto.
 */
export interface HealthClient {
  /**
   * Resolves with the serving status: 1 is SERVING. Rejects with the gRPC error.
   * @param deadline milliseconds since the epoch.
   */
  check(deadline: number, signal: AbortSignal): Promise<number>;
  close(): void;
}

const empty = Buffer.alloc(0);

export async function createHealthClient(target: string, tls?: TlsClient): Promise<HealthClient> {
  const credentials =
    tls === undefined
      ? grpc.credentials.createInsecure()
      : grpc.credentials.createFromSecureContext(createSecureContext(await tls.options()));
  const client = new grpc.Client(target, credentials, {
    ...(tls === undefined
      ? {}
      : { 'grpc.ssl_target_name_override': tls.name, 'grpc.default_authority': tls.name }),
    'grpc.primary_user_agent': probeName,
    // Loopback must not go through a proxy of the environment.
    'grpc.enable_http_proxy': 0,
    // A new client must not inherit the connection state of an earlier one from the shared pool.
    'grpc.use_local_subchannel_pool': 1,
  });
  return {
    check: (deadline, signal) =>
      new Promise((resolve, reject) => {
        const call = client.makeUnaryRequest(
          '/grpc.health.v1.Health/Check',
          () => empty,
          statusOf,
          null,
          new grpc.Metadata(),
          { deadline },
          (error, status) => {
            signal.removeEventListener('abort', abort);
            if (error === null) resolve(status ?? 0);
            else reject(error);
          },
        );
        const abort = (): void => call.cancel();
        if (signal.aborted) abort();
        else signal.addEventListener('abort', abort, { once: true });
      }),
    close: () => client.close(),
  };
}

/** `message HealthCheckResponse { ServingStatus status = 1; }`: tag 0x08, then a one-byte varint; absent is 0. */
function statusOf(reply: Buffer): number {
  return reply[0] === 0x08 ? (reply[1] ?? 0) : 0;
}
