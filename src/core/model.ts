/** The bentos and their components as plain immutable values. */
import type { Message, MessageTexts } from './messages/message';

export type ComponentKind = 'http' | 'grpc' | 'runner' | 'service';

/** `legacy`: `bentoml.Service(runners=…)`; `service`: `@bentoml.service` classes (BentoML 1.2 and later). */
export type Generation = 'legacy' | 'service';

/** `remote`: it runs elsewhere, and is only watched. */
export type BentoSource = 'project' | 'file' | 'store' | 'settings' | 'remote';

export type ComponentState =
  'stopped' | 'starting' | 'ready' | 'unhealthy' | 'backingOff' | 'stopping' | 'failed';

/** `degraded`: was ready, some component is not. */
export type BentoState = 'stopped' | 'starting' | 'ready' | 'degraded' | 'stopping' | 'failed';

export type ProblemCode =
  | 'untrusted'
  | 'settings'
  | 'no-python'
  | 'no-bentoml'
  | 'unsupported-version'
  | 'import-failed'
  | 'grpc-unavailable'
  | 'unknown-runner'
  | 'missing-runner'
  | 'port-in-use'
  | 'tls'
  | 'start-timeout'
  | 'crashed'
  | 'cancelled'
  | 'debugger'
  | 'profile'
  | 'stacks'
  | 'not-found'
  | 'store'
  | 'engine-not-found'
  | 'engine-too-old'
  | 'engine-denied'
  | 'engine-unreachable'
  | 'engine-failed'
  | 'engine-conflict'
  | 'engine-rejected'
  | 'no-context'
  | 'no-capacity'
  | 'image-unavailable'
  | 'image-missing'
  | 'build-failed'
  | 'push-failed'
  | 'registry-denied'
  | 'registry-unreachable'
  | 'no-space'
  | 'not-ready'
  | 'unresponsive';

export interface SourceLocation {
  /** An absolute path. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** The actions that a user can take on a problem. */
export type ProblemAction =
  | 'enterVariable'
  | 'install'
  | 'manageTrust'
  | 'openFile'
  | 'openSettings'
  | 'restart'
  | 'selectInterpreter'
  | 'serveAgain'
  | 'serveOnFreePort';

export interface Problem {
  readonly code: ProblemCode;
  /** For people: what happened, why, and the next step. Nothing reads it but people. */
  readonly message: string;
  /** The short cause for a row: the exception, the answer of a probe, what happened. Absent: the message is short. */
  readonly summary?: string;
  /** `message` and `summary` as texts of the catalogue, for other languages. */
  readonly texts?: MessageTexts;
  /** The name of the component that the message begins with. */
  readonly subject?: string;
  /** The setting to change, as the manifest names it: `serveBento.http.port`. */
  readonly setting?: string;
  /** The file to correct, an absolute path, where no line of it is known. */
  readonly file?: string;
  /** The actions to offer, in this order. Default: those that its `code` suggests. */
  readonly actions?: readonly ProblemAction[];
  /** More for the log: a traceback, the last lines of output. */
  readonly detail?: string;
  /** The id of the component it belongs to; absent when it is the whole bento's. */
  readonly component?: string;
  /** The place in the user's own code that caused it, if it is known. */
  readonly location?: SourceLocation;
  /** The arguments of the `pip install` that repairs it, for the bento's interpreter. */
  readonly install?: readonly string[];
  /** The configured port that cannot be had; another one could. */
  readonly port?: number;
  /** The variable of the environment that has to be set for it. */
  readonly variable?: string;
  /** The folder of the workspace that holds the module that could not be imported. */
  readonly moduleFolder?: string;
  /** The exit code of a process that ended without saying why. */
  readonly exitCode?: number;
}

export interface Component {
  /** Unique within its bento and stable: `http`, `grpc`, `runner:upper`, `service:Embedder`. */
  readonly id: string;
  readonly kind: ComponentKind;
  readonly name: string;
  readonly state: ComponentState;
  /** The address at which users reach it, on the machine that it runs on. Absent for Unix sockets. */
  readonly url?: string;
  readonly host?: string;
  readonly port?: number;
  /** True when it runs elsewhere and is only watched. */
  readonly remote?: boolean;
  readonly pids: readonly number[];
  readonly restarts: number;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
  /** Milliseconds since the epoch. */
  readonly readyAt?: number;
  /** Its containers or pods. Absent on this machine, where `pids` has its processes. */
  readonly workers?: readonly ComponentWorker[];
  /** Round trip of the last successful probe, milliseconds. Absent for a component on a private socket. */
  readonly latencyMs?: number;
  readonly problem?: Problem;
}

/** A container or pod. */
export interface ComponentWorker {
  /** Unique on the engine. */
  readonly name: string;
  /** The part of the name that people need to tell the bento's workers apart. Default: the whole name. */
  readonly shortName?: string;
  readonly state: ComponentState;
  readonly restarts: number;
  /** Whether the engine still has the log of the container before the last restart. */
  readonly hasPreviousLog?: boolean;
  /** The machine of the cluster that runs it. */
  readonly node?: string;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
  readonly problem?: Problem;
}

/** An engine that runs the components of a bento as containers. */
export interface BentoEngine {
  readonly kind: 'compose' | 'kubernetes';
  /** The context of a cluster. */
  readonly context?: string;
  /** The namespace in the cluster. */
  readonly namespace?: string;
}

/** The current step of a start or restart. */
export interface StartProgress {
  /** "importing the service", "reserving ports", "starting 2 of 3". */
  readonly phase: Message;
  /** When it was requested. Milliseconds since the epoch. */
  readonly since: number;
}

export interface Bento {
  /** Stable over reloads and workspace-relative: `fraud/service.py:svc`, `store:iris:abc123`, `watch:Production`. */
  readonly id: string;
  readonly name: string;
  /** The name to show: `name`, followed by its place where other bentos of the window have the same name. */
  readonly displayName: string;
  /** The workspace folder it belongs to, an absolute path. */
  readonly folder: string;
  readonly source: BentoSource;
  readonly generation?: Generation;
  readonly bentomlVersion?: string;
  /** The interpreter that serves it, an absolute path. */
  readonly python?: string;
  /** The profile of the settings that was chosen for it. */
  readonly profile?: string;
  readonly state: BentoState;
  /** The engine that serves it. Absent: it is served on this machine, or not at all. */
  readonly engine?: BentoEngine;
  /** From the request to serve or restart it until it is ready or has failed. */
  readonly progress?: StartProgress;
  readonly components: readonly Component[];
  readonly problem?: Problem;
}
