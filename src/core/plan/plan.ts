import type { ComponentKind, Generation, Problem } from '../model';

/**
 * What BentoML itself would run, with holes where the run decides.
 *
 * Placeholders in `argv`, `env`, `command` and `commandEnv` (filled by `placeholders.ts`; `$$` is a dollar sign):
 * - `$(fd:NAME)`: the inherited listening socket NAME of this component,
 * - `$(worker)`: the worker's number, from 1,
 * - `$(host)`, `$(port)`: the component's own address (gRPC workers bind it themselves),
 * - `$(metricsPort)`: the port of the gRPC metrics server,
 * - `$(address:ID)`: the address of another component, `tcp://HOST:PORT` or `file:///PATH.sock`; ID is its
 *   id, percent-encoded,
 * - `$(authority:ID)`: the same as `HOST:PORT`, of one that listens by itself,
 * - `$(metrics)`: the directory of its metrics,
 * - `$(certFile)`, `$(keyFile)`: where its certificate and key are, with TLS.
 */
export interface Plan {
  readonly bentomlVersion: string;
  readonly generation: Generation;
  /** Where its processes are started, absolute. */
  readonly workingDir: string;
  /** The name of the service or bento. */
  readonly name: string;
  /** Dependencies first. */
  readonly components: readonly PlannedComponent[];
  /** What the settings ask for and cannot be; the rest is served. */
  readonly unavailable: readonly UnavailableComponent[];
  /** Where the service asks to listen: by variables, in its code, or in BentoML's configuration. */
  readonly requested: { readonly http?: RequestedAddress; readonly grpc?: RequestedAddress };
  /**
   * The files that made it, absolute: while none of them changes it holds. Absent when it has to be asked for
   * at each serve, because asking also does what `bentoml serve` does once before its workers (deployment hooks).
   */
  readonly sources?: readonly string[];
}

export interface RequestedAddress {
  readonly host?: string;
  readonly port?: number;
  /** What is given as a port and is none. */
  readonly invalidPort?: string;
  /** Who asks for the port, for people: `BENTOML_PORT`. */
  readonly portSource?: string;
  readonly metricsPort?: number;
  readonly invalidMetricsPort?: string;
  readonly metricsPortSource?: string;
}

export interface PlannedComponent {
  readonly id: string;
  readonly kind: ComponentKind;
  readonly name: string;
  /** Ids of the components it calls. */
  readonly dependsOn: readonly string[];
  /** Processes BentoML would run, usually one group of equal workers; gRPC adds its metrics server. */
  readonly processes: readonly PlannedProcess[];
  /** Paths of the probes, with the path prefix; not for gRPC. */
  readonly probes: { readonly live: string; readonly ready: string };
  /** The command of the launcher `cli`, with `$(host)`, `$(port)`, `$(metricsPort)`, `$(metrics)` and `$(address:ID)`. */
  readonly command: readonly string[];
  /** Environment the command needs beyond that of the extension. */
  readonly commandEnv: Readonly<Record<string, string>>;
  /** What it speaks on a port that it binds itself, whatever the launcher: a program of others, Triton's server. */
  readonly listens?: 'http' | 'grpc';
  /** Where it runs, of one that runs elsewhere: it has no processes and no command. */
  readonly remote?: string;
  /** The resources that its code or BentoML's configuration requests. */
  readonly resources?: RequestedResources;
  /** Whether BentoML counts the CPUs to decide how many workers or threads the component has. */
  readonly usesCpuCount?: boolean;
  /** Its Prometheus metrics. Absent if it has none. */
  readonly metrics?: ServedMetrics;
}

/** Values in BentoML's notations, as they are written. `containers/quantities.ts` checks them. */
export interface RequestedResources {
  readonly cpu?: string | number;
  readonly memory?: string | number;
  readonly gpu?: string | number;
  /** BentoML's name of a GPU or TPU model. */
  readonly gpuType?: string | number;
  readonly tpuType?: string | number;
}

export interface ServedMetrics {
  readonly path: string;
  /** The beginning of the names of its metrics: `bentoml_service`. */
  readonly namespace: string;
}

export interface PlannedProcess {
  /** `worker` answers requests; `metrics` is the gRPC metrics server. */
  readonly role: 'worker' | 'metrics';
  readonly argv: readonly string[];
  /** Variables to set on top of the component's environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly count: number;
  /** Names of the sockets in `$(fd:NAME)`: `self` is the component's own address, `metrics` the gRPC metrics server's. */
  readonly sockets: readonly ('self' | 'metrics')[];
  readonly cwd?: string;
}

export interface UnavailableComponent {
  readonly id: string;
  readonly kind: ComponentKind;
  readonly name: string;
  readonly problem: Problem;
}
