import type { Address } from '../../../address';
import type { PlannedComponent } from '../../../plan/plan';
import type { PortRequest, PortSetting } from '../ports/port-allocator';
import { ServeError } from '../../../problem';
import type { AssembleRequest } from './assembled-component';
import { addressesOverlap } from '../../../exposure/exposure';
import { listenAddress } from '../../../plan/listen-address';
import { socketPath, socketPathLimit } from '../run-directory';
import { problemTexts, say } from '../../../messages/message';
import { settingName } from '../../../settings/problem-list';
import { registeredSetting } from '../../../settings/registered-setting';

/** Where a component listens, and what is held for it. */
export interface LeasedAddress {
  readonly address: Address;
  /** The listening socket its workers inherit; absent where they bind themselves. */
  readonly fd?: number;
  readonly metrics?: { readonly port: number; readonly fd: number };
  /** The configured port, when it is in use and another one is used instead. */
  readonly insteadOf?: number;
  /** The server binds it itself. */
  readonly boundByServer: boolean;
  /** Leases to let go right before the launch, because the command binds them itself. */
  readonly releaseAtLaunch: readonly string[];
}

/** What decides which ports components listen on. */
export type PortsRequest = Pick<AssembleRequest, 'plan' | 'settings' | 'launcher' | 'platform'>;

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

/** The ports that these settings and this plan ask for, and no others. @throws ServeError `settings` */
export function configuredPorts(request: PortsRequest): readonly PortRequest[] {
  const local = request.plan.components.filter(({ remote }) => remote === undefined);
  return local
    .flatMap((component) => {
      if (component.kind === 'http') return [httpPort(request, component)];
      if (component.kind === 'grpc') {
        return [grpcPort(request, component), ...grpcMetricsPort(request, component)];
      }
      return listensOnPort(request, component) ? [internalPort(request, component)] : [];
    })
    .filter(({ port }) => port !== undefined);
}

async function publicAddress(
  request: AssembleRequest,
  component: PlannedComponent,
): Promise<LeasedAddress> {
  if (component.kind === 'http') return onPort(request, httpPort(request, component));
  const own = await onPort(request, grpcPort(request, component));
  const [metricsPort] = grpcMetricsPort(request, component);
  if (metricsPort === undefined) return own;
  const metrics = await request.allocator.lease(metricsPort);
  const metricsToRelease = request.launcher === 'cli' ? [metricsPort.use] : [];
  return { ...own, metrics, releaseAtLaunch: [...own.releaseAtLaunch, ...metricsToRelease] };
}

function httpPort({ settings, plan }: PortsRequest, { id }: PlannedComponent): PortRequest {
  const { metricsPort: _, ...address } = listenAddress('http', settings, plan);
  return {
    use: id,
    setting: portSetting('http', 'port'),
    listen: true,
    ...address,
    ...backlogOf(settings.http),
  };
}

function grpcPort(request: PortsRequest, { id }: PlannedComponent): PortRequest {
  const { metricsPort: _, ...address } = listenAddress('grpc', request.settings, request.plan);
  return { use: id, setting: portSetting('grpc', 'port'), listen: false, ...address };
}

/** Empty where it has no metrics server of its own. */
function grpcMetricsPort(
  { settings, plan }: PortsRequest,
  { id, processes }: PlannedComponent,
): readonly PortRequest[] {
  if (!processes.some(({ role }) => role === 'metrics')) return [];
  const { metricsPort } = listenAddress('grpc', settings, plan);
  return [
    {
      use: `${id} metrics`,
      host: loopback,
      setting: portSetting('grpc', 'metricsPort'),
      listen: true,
      ...(metricsPort === undefined ? {} : { port: metricsPort }),
      ...backlogOf(settings.grpc),
    },
  ];
}

const backlogOf = ({
  backlog,
}: {
  readonly backlog?: number | undefined;
}): Pick<PortRequest, 'backlog'> => (backlog === undefined ? {} : { backlog });

/**
 * HTTP and gRPC are two commands of BentoML, which may both be configured for the port of the one that runs.
 * @throws ServeError `settings`
 */
export function assertApart({
  settings,
  plan,
  launcher,
}: Pick<PortsRequest, 'settings' | 'plan' | 'launcher'>): void {
  const served = (server: string): boolean => plan.components.some(({ kind }) => kind === server);
  if (!served('http') || !served('grpc')) return;
  const http = listenAddress('http', settings, plan);
  const { host, port } = listenAddress('grpc', settings, plan);
  if (port === undefined || http.port !== port) return;
  if (!addressesOverlap(http.host, host, launcher)) return;
  throw new ServeError({
    code: 'settings',
    setting: 'serveBento.grpc.port',
    ...problemTexts(say('samePorts', { port })),
  });
}

/** Runners and dependency services unpickle what they get: a private socket unless an address is asked for. */
function listensOnPort(
  { settings, launcher, platform }: PortsRequest,
  { name, listens }: PlannedComponent,
): boolean {
  const { host, port } = settings.runners[name] ?? {};
  return (
    launcher === 'cli' ||
    listens !== undefined ||
    platform === 'win32' ||
    host !== undefined ||
    port !== undefined ||
    settings.internalTransport === 'tcp'
  );
}

function internalPort({ settings }: PortsRequest, { id, name }: PlannedComponent): PortRequest {
  const runner = settings.runners[name] ?? {};
  return {
    use: id,
    host: runner.host ?? loopback,
    setting: portSetting('runners', name, 'port'),
    listen: true,
    ...(runner.port === undefined ? {} : { port: runner.port }),
    ...backlogOf(runner),
  };
}

async function internalAddress(
  request: AssembleRequest,
  component: PlannedComponent,
  index: number,
): Promise<LeasedAddress> {
  const { settings, launcher, directory, helper } = request;
  if (listensOnPort(request, component)) {
    const boundByServer = launcher === 'cli' || component.listens !== undefined;
    return onPort(request, internalPort(request, component), boundByServer);
  }
  const path = socketPath(directory, index);
  if (Buffer.byteLength(path) > socketPathLimit) {
    throw new ServeError({
      code: 'settings',
      setting: 'serveBento.internalTransport',
      ...problemTexts(say('socketPathTooLong', { path })),
    });
  }
  const { fd } = await helper.bind({
    lease: component.id,
    path,
    ...backlogOf(settings.runners[component.name] ?? {}),
  });
  return { address: { kind: 'unix', path }, fd, boundByServer: false, releaseAtLaunch: [] };
}

async function onPort(
  { allocator, launcher, platform }: AssembleRequest,
  request: PortRequest,
  boundByServer = launcher === 'cli' || !request.listen,
): Promise<LeasedAddress> {
  const { use, host, port, fd, insteadOf } = await allocator.lease(request);
  // A hold without listening does not disturb a server that binds with SO_REUSEPORT, on Linux.
  const inTheWay = request.listen ? boundByServer : platform !== 'linux';
  return {
    address: { kind: 'tcp', host, port },
    fd,
    ...(insteadOf === undefined ? {} : { insteadOf }),
    boundByServer,
    releaseAtLaunch: inTheWay ? [use] : [],
  };
}

const portSetting = (...path: readonly string[]): PortSetting => ({
  name: settingName(path),
  registered: registeredSetting(path),
});
