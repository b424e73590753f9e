import { componentTitle } from '../../../component-title';
import { say } from '../../../messages/message';
import { addressUri, httpUrl, type Address } from '../../../address';
import type { Clock } from '../../../clock';
import { CounterFiles } from '../../../health/counter-files';
import { ErrorCounts, isErrorCounter } from '../../../health/error-counts';
import { GrpcProbe, type LoadHealthClient } from '../../../health/grpc-probe';
import { HttpProbe } from '../../../health/http-probe';
import { PortOwnerProbe } from '../../../health/port-owner-probe';
import type { Probe } from '../../../health/probe';
import { StoppedWorkerProbe } from '../../../health/stopped-worker-probe';
import { TlsProbe } from '../../../health/tls-probe';
import type { ProcessHost } from '../helper/process-host';
import { assertFits } from '../../../programs/spawn-refusal';
import { WorkerGroup } from '../workers/worker-group';
import type { Plan, PlannedComponent } from '../../../plan/plan';
import { workerResources, type WorkerResources } from '../../../plan/worker-resources';
import type { AssembledComponent, AssembleRequest } from './assembled-component';
import { notDebuggable } from '../../../debug/not-debuggable';
import { commandSpecs, workerSpecs } from './component-processes';
import { acceptedHosts } from '../../../exposure/host-check';
import { leaseAddresses, type LeasedAddress } from './lease-addresses';
import { remoteComponent } from './remote-component';
import {
  emptyDirectory,
  importsDirectory,
  mendRunDirectory,
  metricsDirectory,
} from '../run-directory';
import { untilAborted } from '../../../until-aborted';
import type { ServedTls } from './served-tls';

/** Leases what listens and turns the plan into processes that can be started. */
export async function assemble(request: AssembleRequest): Promise<readonly AssembledComponent[]> {
  const { plan, directory, helper, launcher, platform } = request;
  const leased = await leaseAddresses(request);
  const sockets = socketsOf([...leased.values()].map(({ address }) => address));
  const addresses = new Map([...leased].map(([id, { address }]) => [id, addressUri(address)]));
  const hosts = await hostsOf(request, leased);
  // As `bentoml serve` has it, where each tells the counts of all; its start commands would wipe each other's.
  const shared = metricsDirectory(directory, 0);
  if (launcher === 'workers') await emptyDirectory(shared);
  const sharedCounters = new CounterFiles(shared);
  const countersIn = (metrics: string): CounterFiles =>
    metrics === shared ? sharedCounters : new CounterFiles(metrics);
  return plan.components.map((planned, index): AssembledComponent => {
    if (planned.remote !== undefined) {
      return remoteComponent(planned, planned.remote, request.env);
    }
    const lease = leased.get(planned.id);
    if (lease === undefined) throw new Error(`no address for ${planned.id}`);
    const metrics = launcher === 'workers' ? shared : metricsDirectory(directory, index);
    const tls = request.tls.get(planned.id);
    const parts = {
      ...request,
      planned,
      tls,
      lease,
      addresses,
      metrics,
      imports: importsDirectory(directory),
      hosts: hosts.get(planned.id),
    };
    const direct = launcher === 'workers' || planned.listens !== undefined;
    const specs = direct ? workerSpecs(parts) : commandSpecs(parts);
    // Before anything is launched: the entry, which gets the addresses of all, would be refused last.
    for (const spec of specs) assertFits(spec);
    const { debugging } = request;
    const { id } = planned;
    const workers = new WorkerGroup({
      helper,
      id,
      specs,
      wanted: workersOf(planned),
      ...(lease.boundByServer && lease.address.kind === 'tcp' ? { port: lease.address.port } : {}),
      ...(debugging && notDebuggable(planned, request) === undefined
        ? {
            prepareAttach: (process) =>
              debugging.prepare({ component: id, componentName: componentTitle(planned), process }),
            letGo: (pids) => void debugging.letGo(pids),
          }
        : {}),
    });
    const resources = resourcesOf(planned);
    return {
      planned,
      address: lease.address,
      ...(lease.insteadOf === undefined ? {} : { insteadOf: lease.insteadOf }),
      ...urlOf(planned, lease, tls),
      workers,
      resources,
      renewable:
        launcher === 'workers' &&
        platform === 'linux' &&
        planned.listens === undefined &&
        !usesGpu(resources),
      command: specs[0]?.argv.join(' ') ?? '',
      makeProbe: (timeoutMs, load, clock) =>
        awake(
          helper,
          planned,
          workers,
          owned(
            helper,
            planned,
            workers,
            lease,
            probeOf(planned, lease, timeoutMs, load, clock, tls),
          ),
        ),
      beforeLaunch: async () => {
        await mendRunDirectory(directory, sockets);
        if (launcher === 'cli') await emptyDirectory(metrics);
        await giveUp(lease, helper);
      },
      ...errorTotalOf(planned, plan, countersIn(metrics)),
      releasedAtLaunch: lease.releaseAtLaunch,
    };
  });
}

/** Those that components accept, by their ids. */
async function hostsOf(
  { plan, settings, forwardedHosts, cancel }: AssembleRequest,
  leased: ReadonlyMap<string, LeasedAddress>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const planned of plan.components) {
    const lease = leased.get(planned.id);
    if (lease === undefined) continue;
    const { serverName } = settings.http.tls;
    const listening = { address: lease.address, serverName };
    const hosts = await untilAborted(
      cancel,
      acceptedHosts(plan, planned, listening, forwardedHosts),
    );
    if (hosts !== undefined) found.set(planned.id, hosts);
  }
  return found;
}

/** The private ones, which a cleaner may remove. */
export const socketsOf = (addresses: readonly Address[]): readonly string[] =>
  addresses.flatMap((address) => (address.kind === 'unix' ? [address.path] : []));

/** What the command binds itself is let go right before it starts. */
async function giveUp({ releaseAtLaunch }: LeasedAddress, helper: ProcessHost): Promise<void> {
  await Promise.all(releaseAtLaunch.map((lease) => helper.release(lease)));
}

const resourcesOf = ({ processes }: PlannedComponent): readonly WorkerResources[] =>
  processes.filter(({ role }) => role === 'worker').flatMap(workerResources);

/** Two of them may not find room on it side by side. */
const usesGpu = (resources: readonly WorkerResources[]): boolean =>
  resources.some(({ gpus = [] }) => gpus.length > 0);

const workersOf = ({ processes }: PlannedComponent): number =>
  processes.reduce((sum, { count }) => sum + count, 0);

/** One that hangs alone is noticed by its silence. */
const awake = (
  helper: ProcessHost,
  planned: PlannedComponent,
  workers: WorkerGroup,
  probe: Probe,
): Probe =>
  workersOf(planned) > 1
    ? new StoppedWorkerProbe(probe, () => helper.stopped(workers.group))
    : probe;

/** A socket that we hold is ours; of one that the server binds itself, the system has to say so. */
function owned(
  helper: ProcessHost,
  { name }: PlannedComponent,
  workers: WorkerGroup,
  { address, boundByServer }: LeasedAddress,
  probe: Probe,
): Probe {
  if (!boundByServer || address.kind !== 'tcp') return probe;
  const { port } = address;
  const isStranger = async (): Promise<boolean> =>
    (await helper.listens(workers.group, port)) === false;
  return new PortOwnerProbe(probe, isStranger, say('portOfAnother', { port, name }));
}

/** A gRPC server has other counters, and a program of others none. */
function errorTotalOf(
  { id, kind, name, listens, probes }: PlannedComponent,
  { components }: Plan,
  files: CounterFiles,
): Pick<AssembledComponent, 'errorTotal'> {
  if (kind === 'grpc' || listens !== undefined) return {};
  const isCounted = isErrorCounter({
    name: kind === 'http' ? undefined : name,
    others: components.filter((one) => one.id !== id).map((one) => one.name),
    probePaths: Object.values(probes),
  });
  const counts = new ErrorCounts(files, isCounted);
  return { errorTotal: (age) => counts.total(age) };
}

function probeOf(
  planned: PlannedComponent,
  { address }: LeasedAddress,
  timeoutMs: number,
  load: LoadHealthClient,
  clock: Clock,
  tls: ServedTls | undefined,
): Probe {
  if (address.kind === 'tcp') {
    if (tls?.client.acceptsOurCertificate === false)
      return new TlsProbe(address, tls.client, clock);
    if (planned.kind === 'grpc' || planned.listens === 'grpc') {
      return new GrpcProbe(address, timeoutMs, load, clock, tls?.client);
    }
  }
  return new HttpProbe(address, planned.probes, clock, tls?.client);
}

function urlOf(
  { kind }: PlannedComponent,
  { address }: LeasedAddress,
  tls: ServedTls | undefined,
): { readonly url?: string } {
  const isOpened = kind === 'http' || kind === 'service';
  return isOpened && address.kind === 'tcp' ? { url: httpUrl(address, tls?.client.name) } : {};
}
