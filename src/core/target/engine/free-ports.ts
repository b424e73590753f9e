import getPort, { portNumbers } from 'get-port';
import { listenAddress } from '../../plan/listen-address';
import type { Plan } from '../../plan/plan';
import type { ServeSettings } from '../../settings/serve-settings';
import type { ContainerPlan, Workload } from '../containers/container-plan';
import type { StickyPorts } from '../local/ports/sticky-ports';
import type { AppliedBento } from '../target';

export interface FreePorts {
  /** See `Bento.id`. */
  readonly bento: string;
  readonly settings: Pick<ServeSettings, 'http' | 'grpc'>;
  readonly plan: Pick<Plan, 'requested'>;
  readonly kept: StickyPorts;
  /** The bento as it runs now. It keeps its ports. */
  readonly running: AppliedBento | undefined;
  /** Whether a configured port is replaced, too, if it is in use. */
  readonly isForced: boolean;
}

const [firstPort, lastPort] = [3000, 3999];

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
  const address = running?.state.components.find(({ id }) => id === component)?.address;
  const current = address === undefined ? undefined : Number(new URL(address).port);
  if (current !== undefined && current > 0) return current;
  const wanted = configured ? port : kept.get(bento, component);
  const exclude = [...taken, ...kept.others(bento)];
  const ports = [...(wanted === undefined ? [] : [wanted]), ...portNumbers(firstPort, lastPort)];
  const found = await getPort({ port: ports, host, exclude });
  if (!configured) kept.set(bento, component, found);
  return found;
}
