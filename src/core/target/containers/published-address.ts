import { bracketed, reachable } from '../../address';
import type { Workload } from './container-plan';

/** Returns the URL at which people reach a workload; undefined if only other workloads reach it. */
export function publishedAddress({
  kind,
  probe,
  published,
  tlsFiles,
}: Pick<Workload, 'kind' | 'probe' | 'published' | 'tlsFiles'>): string | undefined {
  if (published === undefined) return undefined;
  const isSecure = tlsFiles.length > 0 || (probe.kind === 'http' && probe.scheme === 'https');
  const scheme = `${kind === 'grpc' ? 'grpc' : 'http'}${isSecure ? 's' : ''}`;
  return `${scheme}://${bracketed(reachable(published.host))}:${published.port}`;
}
