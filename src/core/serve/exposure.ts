import type { ServeSettings } from '../settings/serve-settings';

/** The addresses of a bento's settings that other machines can reach. */
export function exposedHosts({
  http,
  grpc,
  runners,
}: Pick<ServeSettings, 'http' | 'grpc' | 'runners'>): readonly string[] {
  const servers = [http, grpc].filter(({ enabled }) => enabled).flatMap(({ host }) => host ?? []);
  const hosts = [...servers, ...Object.values(runners).flatMap(({ host }) => host ?? [])];
  return reachableByOthers(hosts);
}

/** Those of the addresses that other machines can reach, each once. */
export const reachableByOthers = (hosts: readonly string[]): readonly string[] =>
  [...new Set(hosts)].filter((host) => !isLoopback(host));

const isLoopback = (host: string): boolean => host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
