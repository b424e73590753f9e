import type { ServeSettings } from '../settings/serve-settings';

/** The addresses of a bento's settings that other machines can reach. */
export function exposedHosts({
  http,
  grpc,
}: Pick<ServeSettings, 'http' | 'grpc'>): readonly string[] {
  const hosts = [http, grpc].filter(({ enabled }) => enabled).map(({ host }) => host);
  return [...new Set(hosts)].filter((host) => !isLoopback(host));
}

const isLoopback = (host: string): boolean => host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
