import type { HealthClient } from '../../core/health/grpc-client';
import type { TlsClient } from '../../core/tls/tls-client';

/** Loads gRPC, which only gRPC components need. */
export async function loadHealthClient(target: string, tls?: TlsClient): Promise<HealthClient> {
  const { createHealthClient } = await import('../../core/health/grpc-client');
  return createHealthClient(target, tls);
}
