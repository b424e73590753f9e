import type { ServeSettings } from '../settings/serve-settings';

/** The addresses of a bento's settings that other machines can reach. */
export function exposedHosts({
  http,
  grpc,
  runners,
}: Pick<ServeSettings, 'http' | 'grpc' | 'runners'>): readonly string[] {
  const servers = [http, grpc].filter(({ enabled }) => enabled).map(({ host }) => host);
  const hosts = [...servers, ...Object.values(runners).flatMap(({ host }) => host ?? [])];
  return [...new Set(hosts)].filter((host) => !isLoopback(host));
}

const isLoopback = (host: string): boolean => host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
