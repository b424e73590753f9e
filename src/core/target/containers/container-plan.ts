import type { Argument } from '../../messages/message';
import type { ComponentKind } from '../../model';
import type { ServedMetrics } from '../../plan/plan';
import type { WorkloadResources } from './workload-resources';

/** Plans a workload for each component on an engine that runs containers. Workloads reach each other by name. */
export interface ContainerPlan {
  /** A DNS label. */
  readonly name: string;
  /** The name to show. */
  readonly displayName: string;
  readonly bentomlVersion: string;
  /** Variables of all workloads, without those of `secretVariables`. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables whose values are not in any generated file. */
  readonly secretVariables: readonly string[];
  /** Files with variables, absolute; later ones override earlier ones. */
  readonly envFiles: readonly string[];
  /** Names of the variables in those files. */
  readonly fileVariables: readonly string[];
  /** The TLS files of the servers, absolute, by the name that the workloads use. */
  readonly tlsFiles: Readonly<Record<string, string>>;
  /** Dependencies first. */
  readonly workloads: readonly Workload[];
  readonly source: ContainerSource;
  /** The time between the request to stop a workload and killing it. */
  readonly stopGraceSeconds: number;
  /** How long a workload may take to become ready. */
  readonly startSeconds: number;
  /** The settings that containers do not support, one sentence each. */
  readonly leftOut: readonly Argument[];
}

/** A component that runs as one container or as several identical ones. */
export interface Workload {
  /** A DNS label, unique in the plan. */
  readonly name: string;
  /** The id of the component. */
  readonly component: string;
  /** The component's name in labels. */
  readonly label: string;
  readonly kind: ComponentKind;
  /** The whole command: Python, BentoML's start command and its options. */
  readonly command: readonly string[];
  /** Added to the variables of the plan. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of the workloads that it calls. */
  readonly dependsOn: readonly string[];
  readonly port: number;
  /** The port of gRPC's metrics server. */
  readonly metricsPort?: number;
  /** Absent if the component has no metrics. */
  readonly metrics?: WorkloadMetrics;
  /** Names of the plan's TLS files that it reads. */
  readonly tlsFiles: readonly string[];
  readonly probe: WorkloadProbe;
  /** Absent unless it is debugged. */
  readonly debug?: WorkloadDebug;
  /** The address on this machine at which clients reach it. Absent if only other workloads reach it. */
  readonly published?: { readonly host: string; readonly port: number };
  /** The requested number of containers or pods. Absent: the engine's default. */
  readonly replicas?: number;
  readonly resources: WorkloadResources;
}

/** Where Prometheus finds the metrics of a workload. */
export interface WorkloadMetrics extends ServedMetrics {
  readonly port: number;
  readonly scheme: 'http' | 'https';
}

/** How a workload is debugged: it has one worker, which attaches before it imports the service. */
export interface WorkloadDebug {
  /** A file of this machine with what the worker needs. Python can run it: see `debug_start.py`. */
  readonly archive: string;
  /** Seconds for which its worker may be paused: checks that fail meanwhile have no effect. */
  readonly pauseSeconds: number;
}

/** `tcp` is used where engines have no client certificate that the server accepts, or no gRPC probe with TLS. */
export type WorkloadProbe =
  | {
      readonly kind: 'http';
      readonly scheme: 'http' | 'https';
      readonly live: string;
      readonly ready: string;
    }
  | { readonly kind: 'grpc' }
  | { readonly kind: 'tcp' };

/** The image that the user has chosen. */
export interface ImageChoice {
  /** See `isPinned`. */
  readonly reference: string;
  /** Whether the image has no bento, so that the source and the Python environment of this machine are mounted. */
  readonly isDevelopment: boolean;
}

/** The source of a container's code. */
export type ContainerSource = ImageSource | DevelopmentSource;

/** The image of a built bento. */
export interface ImageSource {
  readonly kind: 'image';
  /** See `isPinned`. */
  readonly image: string;
}

/** The source and the environment of this machine, mounted at the same paths. */
export interface DevelopmentSource {
  readonly kind: 'development';
  /** See `isPinned`. */
  readonly image: string;
  /** Absolute paths that are mounted read-only. One of them contains the plan's working directory. */
  readonly mounts: readonly string[];
  /** The folders of the store on this machine. They are mounted into the BENTOML_HOME of the containers. */
  readonly store: readonly string[];
  /** The user and group that containers run as: `1000:1000`. */
  readonly user?: string;
}

/** The folder of BentoML's own files in a container: metrics, temporary files. It is empty at each start. */
export const bentomlHome = '/run/bentoml';
export const bentoInImage = '/home/bentoml/bento';
export const tlsFolder = '/run/secrets';
/** The file in a container with which a workload is started that is debugged. */
export const debugArchive = '/run/serve-bento/debug.zip';
