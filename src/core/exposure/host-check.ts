import type { Clock } from '../clock';
import type { Address } from '../address';
import type { Log } from '../log';
import type { Plan, PlannedComponent } from '../plan/plan';
import { withTimeout } from '../with-timeout';
import { advisoriesOf } from './advisories';
import { isLoopback } from './exposure';

/** Host names under which VS Code forwards a port of this machine. */
export type ForwardedHosts = (port: number) => Promise<readonly string[]>;

/** Class services of these versions unpickle what a request holds, also one of a web page after DNS rebinding. */
const advisory = 'CVE-2025-27520';

/** `src/python/serve_bento_worker/host_check.py` reads it. */
const variable = 'SERVE_BENTO_FORWARDED_HOSTS';

/** VS Code may wait for a forwarding that never comes. */
const forwardingLimitMs = 2000;

interface Listening {
  readonly address: Address;
  /** The name that clients use, by the settings (`http.tls.serverName`). */
  readonly serverName?: string | undefined;
}

/**
 * Whether the workers of a component refuse requests whose Host header is the name of a web site. Also with TLS: not
 * everything that resolves such a name anew for a web page verifies the certificate.
 */
export const needsHostCheck = (
  { generation, bentomlVersion }: Pick<Plan, 'generation' | 'bentomlVersion'>,
  { address }: Pick<Listening, 'address'>,
): boolean =>
  generation === 'service' &&
  address.kind === 'tcp' &&
  isLoopback(address.host) &&
  advisoriesOf(bentomlVersion).some(({ id }) => id === advisory);

/** The hosts that a component accepts by their names; people open only the entry service. Absent: it accepts every host. */
export async function acceptedHosts(
  plan: Plan,
  { kind }: PlannedComponent,
  listening: Listening,
  forwardedHosts: ForwardedHosts,
): Promise<readonly string[] | undefined> {
  const { address, serverName } = listening;
  if (!needsHostCheck(plan, listening) || address.kind !== 'tcp') return undefined;
  if (kind !== 'http') return [];
  const own = serverName === undefined ? [] : [serverName.toLowerCase()];
  return [...own, ...(await forwardedHosts(address.port))];
}

interface AskParts {
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  readonly forwardedHosts: ForwardedHosts;
}

/** Asks once for each port: what listens there anew accepts the same hosts. Where there is no answer, there are none. */
export function askOnce({ clock, log, forwardedHosts }: AskParts): ForwardedHosts {
  const known = new Map<number, Promise<readonly string[]>>();
  const ask = async (port: number): Promise<readonly string[]> => {
    const asked = forwardedHosts(port).catch((error: unknown) => {
      log.warn(`VS Code does not say where it forwards port ${port}: ${String(error)}`);
      return [];
    });
    return (await withTimeout(clock, forwardingLimitMs, asked)) ?? [];
  };
  return (port) => {
    const hosts = known.get(port) ?? ask(port);
    known.set(port, hosts);
    return hosts;
  };
}

/** What a process of such a component gets: with the variable, its workers check. */
export const hostCheckEnv = (
  hosts: readonly string[] | undefined,
): Readonly<Record<string, string>> => (hosts === undefined ? {} : { [variable]: hosts.join(',') });
