import type { Address } from '../address';
import type { PlannedComponent } from '../plan/plan';
import type { PortRequest } from '../ports/port-allocator';
import { ServeError } from '../problem';
import type { AssembleRequest } from './assembled-component';
import { addressesOverlap } from './exposure';
import { listenAddress, type ListenAddress } from '../plan/listen-address';
import { socketPath, socketPathLimit } from './run-directory';

/** Where a component listens, and what is held for it. */
export interface LeasedAddress {
  readonly address: Address;
  /** The listening socket its workers inherit; absent where they bind themselves. */
  readonly fd?: number;
  readonly metrics?: { readonly port: number; readonly fd: number };
  /** The server binds it itself. */
  readonly boundByServer: boolean;
  /** Leases to let go right before the launch, because the command binds them itself. */
  readonly releaseAtLaunch: readonly string[];
}

const loopback = '127.0.0.1';

/** The addresses of all components by id; those that people reach are leased first and get the low ports. */
export async function leaseAddresses(
  request: AssembleRequest,
): Promise<ReadonlyMap<string, LeasedAddress>> {
  const leased = new Map<string, LeasedAddress>();
  const outward = (component: PlannedComponent): boolean =>
    component.kind === 'http' || component.kind === 'grpc';
  const components = request.plan.components.filter(({ remote }) => remote === undefined);
  const httpFirst = components
    .filter(outward)
    .sort((a, b) => Number(b.kind === 'http') - Number(a.kind === 'http'));
  for (const component of httpFirst) {
    leased.set(component.id, await publicAddress(request, component));
  }
  for (const [index, component] of components.entries()) {
    if (!outward(component)) {
      leased.set(component.id, await internalAddress(request, component, index));
    }
  }
  return leased;
}

async function publicAddress(
  request: AssembleRequest,
  component: PlannedComponent,
): Promise<LeasedAddress> {
  const { settings, launcher, plan } = request;
  if (component.kind === 'http') {
    const { backlog } = settings.http;
    const { metricsPort: _, ...address } = listenAddress('http', settings, plan);
    return onPort(request, {
      use: component.id,
      setting: 'serveBento.http.port',
      listen: true,
      ...address,
      ...(backlog === undefined ? {} : { backlog }),
    });
  }
  const { backlog } = settings.grpc;
  const { metricsPort, ...address } = listenAddress('grpc', settings, plan);
  assertApart(request, address);
  const own = await onPort(request, {
    use: component.id,
    setting: 'serveBento.grpc.port',
    listen: false,
    ...address,
  });
  if (!component.processes.some(({ role }) => role === 'metrics')) return own;
  const use = `${component.id} metrics`;
  const metrics = await request.allocator.lease({
    use,
    host: loopback,
    setting: 'serveBento.grpc.metricsPort',
    listen: true,
    ...(metricsPort === undefined ? {} : { port: metricsPort }),
    ...(backlog === undefined ? {} : { backlog }),
  });
  return {
    ...own,
    metrics,
    releaseAtLaunch: [...own.releaseAtLaunch, ...(launcher === 'cli' ? [use] : [])],
  };
}

/** HTTP and gRPC are two commands of BentoML, which may both be configured for the port of the one that runs. */
function assertApart(
  { settings, plan }: AssembleRequest,
  { host, port }: Pick<ListenAddress, 'host' | 'port'>,
): void {
  if (port === undefined || !plan.components.some(({ kind }) => kind === 'http')) return;
  const http = listenAddress('http', settings, plan);
  if (http.port !== port || !addressesOverlap(http.host, host)) return;
  throw new ServeError({
    code: 'settings',
    message: `HTTP and gRPC are both to listen on port ${port}: set another one in serveBento.grpc.port.`,
  });
}

/** Runners and dependency services unpickle what they get: a private socket unless an address is asked for. */
async function internalAddress(
  request: AssembleRequest,
  component: PlannedComponent,
  index: number,
): Promise<LeasedAddress> {
  const { settings, launcher, platform, directory, helper } = request;
  const { host, port, backlog } = settings.runners[component.name] ?? {};
  const { listens } = component;
  const tcp =
    launcher === 'cli' ||
    listens !== undefined ||
    platform === 'win32' ||
    host !== undefined ||
    port !== undefined ||
    settings.internalTransport === 'tcp';
  if (tcp) {
    const wanted = {
      use: component.id,
      host: host ?? loopback,
      setting: `serveBento.runners.${component.name}.port`,
      listen: true,
      ...(port === undefined ? {} : { port }),
      ...(backlog === undefined ? {} : { backlog }),
    };
    return onPort(request, wanted, launcher === 'cli' || listens !== undefined);
  }
  const path = socketPath(directory, index);
  if (Buffer.byteLength(path) > socketPathLimit) {
    throw new ServeError({
      code: 'settings',
      message: `The path of the private socket is too long (${path}): set serveBento.internalTransport to "tcp".`,
    });
  }
  const { fd } = await helper.bind({
    lease: component.id,
    path,
    ...(backlog === undefined ? {} : { backlog }),
  });
  return { address: { kind: 'unix', path }, fd, boundByServer: false, releaseAtLaunch: [] };
}

async function onPort(
  { allocator, launcher, platform }: AssembleRequest,
  request: PortRequest,
  boundByServer = launcher === 'cli' || !request.listen,
): Promise<LeasedAddress> {
  const { use, host, port, fd } = await allocator.lease(request);
  // A hold without listening does not disturb a server that binds with SO_REUSEPORT, on Linux.
  const inTheWay = request.listen ? boundByServer : platform !== 'linux';
  return {
    address: { kind: 'tcp', host, port },
    fd,
    boundByServer,
    releaseAtLaunch: inTheWay ? [use] : [],
  };
}
