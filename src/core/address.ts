/** Where a component is reached. */
export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** As BentoML's runner map takes it; a wildcard is reached through loopback. */
export function addressUri(address: Address): string {
  return address.kind === 'unix'
    ? `file://${address.path}`
    : `tcp://${bracketed(reachable(address.host))}:${address.port}`;
}

/** What people open; a wildcard is reached through loopback. `name`: of its certificate, with TLS. */
export function httpUrl(
  { host, port }: { readonly host: string; readonly port: number },
  name?: string,
): string {
  return name === undefined
    ? `http://${bracketed(reachable(host))}:${port}`
    : `https://${bracketed(name)}:${port}`;
}

/** The host to connect to for one to listen on. */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

/** Puts IPv6 addresses in brackets, as URLs require. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);
