import { SocketAddress, isIP } from 'node:net';
import type { Plan } from '../plan/plan';
import { ServeError } from '../problem';
import type { ServeSettings } from '../settings/serve-settings';
import type { Launcher } from '../plan/launcher';
import { listenAddress } from '../plan/listen-address';
import { problemTexts, say } from '../messages/message';

/** Something that a person has to want before a bento is served: who can reach it, or whom it trusts. */
export interface Exposure {
  /**
   * `service`: other machines can use the HTTP or gRPC server. `code`: other machines can reach a runner or a
   * dependency service, which unpickles what it receives. `local`: web pages and other users of this machine can. `remote`: requests go to one that runs elsewhere, and its
   * answers are unpickled here.
   */
  readonly kind: 'service' | 'code' | 'local' | 'remote';
  /** `http`, `grpc`, or the name of a runner or a dependency service. */
  readonly component: string;
  /** An IP address; of a `remote` one its whole address. */
  readonly host: string;
  /** Absent: chosen at each start. */
  readonly port?: number;
}

type Settings = Pick<ServeSettings, 'http' | 'grpc' | 'runners'>;

/**
 * All that a bento's settings expose. What the user's own settings say of remote components needs no question, as a
 * workspace cannot write them.
 */
export function exposures(
  { http, grpc, runners }: Settings,
  usersOwn: Pick<ServeSettings, 'runners'>,
): readonly Exposure[] {
  const servers = Object.entries({ http, grpc }).filter(([, { enabled }]) => enabled);
  return [
    ...servers.flatMap(([component, { host, port }]) => of('service', component, host, port)),
    ...Object.entries(runners).flatMap(([component, { remote, host, port }]) => {
      if (remote === undefined) return of('code', component, host, port);
      return usersOwn.runners[component]?.remote === remote
        ? []
        : [{ kind: 'remote', component, host: remote } as const];
    }),
  ];
}

/** The same of the servers whose host only the service's code, the environment or BentoML's configuration sets. */
export const requestedExposures = (
  settings: Pick<ServeSettings, 'http' | 'grpc'>,
  plan: Pick<Plan, 'requested'>,
): readonly Exposure[] =>
  (['http', 'grpc'] as const)
    .filter((server) => settings[server].host === undefined)
    .flatMap((server) => {
      if (plan.requested[server]?.host === undefined) return [];
      const { host, port } = listenAddress(server, settings, plan);
      return of('service', server, host, port);
    });

/**
 * Runners and dependency services that the settings put on a loopback port instead of a private socket. The launcher
 * `cli`, which is the one of Windows, has only ports; Triton's server, which listens by itself, unpickles nothing.
 */
export function localExposures(
  { internalTransport, runners }: Pick<ServeSettings, 'internalTransport' | 'runners'>,
  { components }: Pick<Plan, 'components'>,
  launcher: Launcher,
): readonly Exposure[] {
  if (launcher === 'cli') return [];
  return components.flatMap(({ kind, name, remote, listens }) => {
    const isInternal = kind === 'runner' || kind === 'service';
    if (!isInternal || remote !== undefined || listens !== undefined) return [];
    const { host, port } = runners[name] ?? {};
    const hasPort = internalTransport === 'tcp' || host !== undefined || port !== undefined;
    // Other addresses are asked about as `code`.
    if (!hasPort || (host !== undefined && !isLoopback(host))) return [];
    const address = { host: host ?? '127.0.0.1', ...(port === undefined ? {} : { port }) };
    return [{ kind: 'local', component: name, ...address } as const];
  });
}

/**
 * A workspace may not let a runner listen on all addresses of the machine: everyone in each of its networks could run
 * code as the user. @throws ServeError `settings`
 */
export function refuseWildcards(
  exposed: readonly Exposure[],
  usersOwn: Pick<ServeSettings, 'runners'>,
): void {
  for (const { kind, component, host } of exposed) {
    if (kind !== 'code' || !isWildcard(host)) continue;
    if (usersOwn.runners[component]?.host === host) continue;
    throw new ServeError({
      code: 'settings',
      setting: 'serveBento.runners',
      ...problemTexts(
        say('workspaceWildcard', { component, host }),
        say('workspaceWildcardSummary', { component }),
      ),
    });
  }
}

const of = (
  kind: Exposure['kind'],
  component: string,
  host: string | undefined,
  port: number | undefined,
): readonly Exposure[] =>
  host === undefined || isLoopback(host)
    ? []
    : [{ kind, component, host, ...(port === undefined ? {} : { port }) }];

/** `0:0:0:0:0:0:0:1` is `::1`. What is no address is left as it is. */
function normalized(host: string): string {
  const family = isIP(host);
  if (family === 0) return host;
  return new SocketAddress({ address: host, family: family === 6 ? 'ipv6' : 'ipv4' }).address;
}

export const isLoopback = (host: string): boolean =>
  /^(?:::1|127(?:\.\d{1,3}){3})$/.test(normalized(host));

/**
 * Whether both servers cannot have one port. BentoML's servers also take IPv4 where they listen on `::`: gRPC's always,
 * that of HTTP with the launcher `cli`. The socket that we bind for the launcher `workers` does not.
 */
export function addressesOverlap(http: string, grpc: string, launcher: Launcher): boolean {
  const [one, other] = [http, grpc].map(
    (host) => /^::ffff:(\d+(?:\.\d+){3})$/.exec(normalized(host))?.[1] ?? normalized(host),
  );
  if (one === undefined || other === undefined) return false;
  if (one === other || other === '::' || (one === '::' && launcher === 'cli')) return true;
  return isIP(one) === isIP(other) && (isWildcard(one) || isWildcard(other));
}

const isWildcard = (host: string): boolean =>
  ['0.0.0.0', '::', '::ffff:0.0.0.0'].includes(normalized(host));
