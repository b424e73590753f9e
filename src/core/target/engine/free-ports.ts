import { createServer } from 'node:net';
import getPort, { portNumbers } from 'get-port';
import { listenAddress } from '../../plan/listen-address';
import type { Plan } from '../../plan/plan';
import type { ServeSettings } from '../../settings/serve-settings';
import type { ContainerPlan, Workload } from '../containers/container-plan';
import { firstPort, lastPort } from '../local/ports/port-range';
import type { StickyPorts } from '../local/ports/sticky-ports';
import type { AppliedState } from '../target';
import { engineAddress } from './engine-address';

export interface FreePorts {
  /** See `Bento.id`. */
  readonly bento: string;
  readonly settings: Pick<ServeSettings, 'http' | 'grpc'>;
  readonly plan: Pick<Plan, 'requested'>;
  readonly kept: StickyPorts;
  /** The bento as it runs now. It keeps its ports. */
  readonly running: AppliedState | undefined;
  /** Whether a configured port is replaced, too, if it is in use. */
  readonly isForced: boolean;
}

/** Gives each published workload without a configured port a free one: the one that it had before, if possible. */
export async function withFreePorts(plan: ContainerPlan, free: FreePorts): Promise<ContainerPlan> {
  const workloads: Workload[] = [];
  const taken = new Set<number>();
  for (const workload of plan.workloads) {
    const { published } = workload;
    if (published === undefined) {
      workloads.push(workload);
      continue;
    }
    const port = await portOf(workload, published, taken, free);
    taken.add(port);
    workloads.push({ ...workload, published: { ...published, port } });
  }
  return { ...plan, workloads };
}

async function portOf(
  { component, kind }: Workload,
  { host, port }: NonNullable<Workload['published']>,
  taken: ReadonlySet<number>,
  { bento, settings, plan, kept, running, isForced }: FreePorts,
): Promise<number> {
  const server = kind === 'grpc' ? kind : 'http';
  const configured = listenAddress(server, settings, plan).port !== undefined;
  if (configured && !isForced) return port;
  const address = running?.components.find(({ id }) => id === component)?.address;
  const current = address === undefined ? undefined : engineAddress(address)?.port;
  if (current !== undefined) return current;
  const wanted = configured ? port : kept.get(bento, component);
  // get-port skips a port that it returned a moment ago.
  if (wanted !== undefined && !taken.has(wanted) && (await isFree(host, wanted))) return wanted;
  const exclude = [...taken, ...kept.others(bento)];
  const found = await getPort({ port: portNumbers(firstPort, lastPort), host, exclude });
  if (!configured) kept.set(bento, component, found);
  return found;
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  server.once('error', () => resolve(false));
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  return promise;
}
