import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** The users of the cluster, by the names of their contexts. */
export const users = {
  /** May do everything. */
  admin: { token: 'token-of-admin', groups: ['system:masters'] },
  /** May read everything but Secrets. */
  viewer: { token: 'token-of-viewer', groups: [] },
  /** May do nothing. */
  nobody: { token: 'token-of-nobody', groups: [] },
} as const;

/** Returns the file of kube-apiserver with the users. */
export const tokenFile = (): string =>
  Object.entries(users)
    .map(([name, { token, groups }]) => `${token},${name},${name},"${groups.join(',')}"\n`)
    .join('');

interface Addresses {
  readonly server: string;
  readonly authorityFile: string;
  /** An address at which nothing listens. */
  readonly unreachable: string;
}

/** Writes a kubeconfig with a context for each user, and `unreachable`; `admin` is the current one. */
export function writeKubeconfig(folder: string, addresses: Addresses): string {
  const { server, authorityFile, unreachable } = addresses;
  const cluster = (address: string): object => ({
    ...{ server: address, 'certificate-authority': authorityFile },
    // The certificate that kube-apiserver makes for itself is not for the address of loopback.
    'tls-server-name': 'kubernetes.default.svc',
  });
  const contexts = Object.keys(users).map((user) => [user, 'test', user] as const);
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'admin' },
    clusters: [
      { name: 'test', cluster: cluster(server) },
      { name: 'unreachable', cluster: cluster(unreachable) },
    ],
    users: Object.entries(users).map(([name, { token }]) => ({ name, user: { token } })),
    contexts: [...contexts, ['unreachable', 'unreachable', 'admin'] as const].map(
      ([name, of, user]) => ({ name, context: { cluster: of, user } }),
    ),
  };
  const file = path.join(folder, 'kubeconfig');
  // JSON is YAML, too.
  writeFileSync(file, JSON.stringify(config, null, 2), { mode: 0o600 });
  return file;
}
