import type { Address } from '../../../address';
import type { Clock } from '../../../clock';
import type { BentoDebugger } from '../../../debug/bento-debugger';
import type { DiscoveredBento } from '../../../discovery/discovered-bento';
import type { LoadHealthClient } from '../../../health/grpc-probe';
import type { Probe } from '../../../health/probe';
import type { ProcessHost } from '../helper/process-host';
import type { Workers } from '../workers/workers';
import type { Plan, PlannedComponent } from '../../../plan/plan';
import type { WorkerResources } from '../../../plan/worker-resources';
import type { PortAllocator } from '../ports/port-allocator';
import type { ServeSettings } from '../../../settings/serve-settings';
import type { ForwardedHosts } from '../../../exposure/host-check';
import type { Launcher } from '../../../plan/launcher';
import type { ReadTotal } from '../supervise/recent-errors';
import type { ServedTls } from './served-tls';

/** What an assembly needs to know. */
export interface AssembleRequest {
  readonly plan: Plan;
  readonly bento: DiscoveredBento;
  readonly settings: ServeSettings;
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly platform: NodeJS.Platform;
  readonly helper: ProcessHost;
  readonly launcher: Launcher;
  readonly allocator: PortAllocator;
  /** The fork server forks the workers. */
  readonly fork: boolean;
  readonly forwardedHosts: ForwardedHosts;
  /** Of the servers that have it, by their ids. */
  readonly tls: ReadonlyMap<string, ServedTls>;
  readonly cancel: AbortSignal;
  /** The debugger of the workers. Absent if nothing can be debugged. */
  readonly debugging?: Pick<BentoDebugger, 'prepare' | 'letGo'> | undefined;
}

/** A planned component with everything the plan left open filled in. */
export interface AssembledComponent {
  readonly planned: PlannedComponent;
  readonly address: Address;
  /** The configured port, when it is in use and another one is used instead. */
  readonly insteadOf?: number;
  /** Where people reach it. */
  readonly url?: string;
  readonly workers: Workers;
  /** Of each worker in turn. */
  readonly resources: readonly WorkerResources[];
  /** New workers can be started beside those that serve. */
  readonly renewable: boolean;
  /** The command of its first process, for people; of one that runs elsewhere there is none. */
  readonly command: string | undefined;
  readonly makeProbe: (timeoutMs: number, load: LoadHealthClient, clock: Clock) => Probe;
  readonly beforeLaunch: () => Promise<void>;
  /** How many requests it has answered with 5xx; absent where nothing of ours counts them. */
  readonly errorTotal?: ReadTotal;
  /** Leases that it binds itself. */
  readonly releasedAtLaunch: readonly string[];
}
