import type { DebugState } from './debug/bento-debugger';
import type { DebugChoice } from './debug/debug-choice';
import type { Argument, Message } from './messages/message';
import type { Event } from './events';
import type { Bento, BentoEngine } from './model';
import type { DiscoveredBento } from './discovery/discovered-bento';
import type { ExportedSet } from './export/exported-set';
import type { OutputHistory } from './logs/output-history';
import type { WorkerResources } from './plan/worker-resources';
import type { EngineActions } from './target/engine/engine-actions';
import type { Comparison, TerminalProgram } from './target/target';
import type { TargetKind } from './target-kinds';
import type { ContainerPlan, ImageChoice } from './target/containers/container-plan';

export interface AskOptions {
  readonly signal?: AbortSignal;
  /** Called with what is being done now, in words: "Checking Python", "Starting 3 components". */
  readonly onPhase?: (phase: Message) => void;
}

/** Choices for one serve and its restarts, until the bento is stopped. */
export interface OneTimeChoices {
  /** A configured port that is taken is replaced by a free one. */
  readonly freePorts?: boolean;
  /** Added to the environment of every process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Its workers attach to a debugger before they import the service. */
  readonly debug?: DebugChoice;
}

export interface ServeOptions extends AskOptions {
  readonly once?: OneTimeChoices;
  /** The profile of settings, which is remembered for the bento. Default: the one that was chosen last. */
  readonly profile?: string;
}

/** Named sets of settings. */
export interface BentoProfiles {
  readonly names: readonly string[];
  /** The one that it is served with. */
  readonly chosen?: string;
}

/** `settings`, `interpreter`: a restart would use other ones. `gone`: discovery does not find the bento any more. */
export type ConfigDrift = 'settings' | 'interpreter' | 'gone';

/** A warning about a served bento that works. `component`: the id of a component. */
export type BentoWarning =
  | {
      readonly kind: 'certificateExpires';
      readonly component: string;
      readonly file: string;
      /** Whole days that are left; less than 0: it has expired. */
      readonly days: number;
    }
  /** Its workers still use the earlier certificate. */
  | { readonly kind: 'certificateReplaced'; readonly component: string; readonly file: string }
  /** It requires a client certificate, and the extension has none: whether it is ready is not known. */
  | { readonly kind: 'readinessUnknown'; readonly component: string }
  /** Its containers are started with the debugger, but this window does not debug them. */
  | { readonly kind: 'debuggerLeft' }
  | ({ readonly kind: 'leftoverDeployment' } & LeftoverDeployment);

/** Containers or pods that an earlier serve left on an engine, while the bento is served elsewhere. */
export interface LeftoverDeployment {
  readonly engine: BentoEngine;
  /** Whether they were found. Otherwise the engine does not answer. */
  readonly isFound: boolean;
  /** Says where they run, and how to stop them. */
  readonly message: Message;
}

/** The times of a stop in progress, in milliseconds since the epoch. */
export interface StopTimes {
  readonly since: number;
  /** The time at which the remaining processes are killed. */
  readonly forceAt: number;
}

/** Details of a component, besides those of `Component`, for its row and its terminal. */
export interface ComponentDetails {
  readonly command?: string;
  readonly workersWanted: number;
  readonly workersAlive: number;
  /** The resources of each worker. Empty while the component is not served. */
  readonly resources: readonly WorkerResources[];
  /** Why it is not ready yet, in words. */
  readonly waitingFor?: Argument;
  readonly stop?: StopTimes;
  /** A debugger is attached to a worker of it; `paused`: a breakpoint has stopped one. Absent when none is. */
  readonly debugging?: DebugState;
  /** The reason why no debugger can be attached to it; absent if one can be attached. */
  readonly notDebuggable?: Message;
  /** The configured port, when it is in use and another one is used instead. */
  readonly insteadOf?: number;
  /** Whether its engine allows only one worker. */
  readonly isSingle?: boolean;
  /** Requests that it answered with 5xx in the last minute, by BentoML's own counters. */
  readonly recentErrors: number;
  readonly output: OutputHistory;
  /** The path of its log file, which exists once something has been written. */
  readonly logFile: string;
}

/** Reads the bentos of the window, for the tree, the terminals, the status bar and the diagnostics. */
export interface BentoReader {
  readonly bentos: readonly Bento[];
  /** Fires the id of the bento that changed, or nothing when the list did. */
  readonly onDidChange: Event<string | undefined>;
  /** One of them. */
  bento(id: string): Bento | undefined;
  /** Returns the facts that discovery found about a bento, such as its file and its reference. */
  discovered(id: string): DiscoveredBento | undefined;
  /** Returns how a served bento differs from its configuration. Undefined: a restart would change nothing. */
  drift(id: string): ConfigDrift | undefined;
  /** The warnings of a served bento. */
  warnings(id: string): readonly BentoWarning[];
  profiles(id: string): BentoProfiles;
  /** Returns where a bento is served, or would be. */
  target(id: string): TargetKind;
  details(id: string, component: string): ComponentDetails | undefined;
  /** The number of helpers that serve nothing now and keep a fork server for the next serve. */
  readonly waitingHelpers: number;
  readonly onDidChangeWaiting: Event<void>;
}

/** Serves and stops bentos: for commands, tasks and the exported API. Requests reject with a `ServeError`. */
export interface BentoCommander {
  refresh(): Promise<readonly Bento[]>;
  /**
   * Resolves when every component is ready, at once when they are; for a watched bento, when each address was probed
   * once.
   */
  serve(id: string, options?: ServeOptions): Promise<Bento>;
  /** Graceful, then forced; a second call while stopping forces at once. Resolves when no process is left. */
  stop(id: string): Promise<void>;
  /** Without `component`, all of them. Resolves when ready again. */
  restart(id: string, component?: string, options?: ServeOptions): Promise<Bento>;
  serveComponent(id: string, component: string, options?: ServeOptions): Promise<Bento>;
  stopComponent(id: string, component: string): Promise<void>;
  /** Stops everything that runs on this machine. Bentos on engines keep running. */
  leave(): Promise<void>;
  /** Ends what waits for the next serve, too. */
  stopAll(): Promise<void>;
  /** Takes effect with the next serve. Without a name: none. @throws ServeError when there is no such profile. */
  chooseProfile(id: string, name: string | undefined): void;
  /** Sets where the bento will be served. The choice is remembered. */
  chooseTarget(id: string, kind: TargetKind): void;
  /** Returns a shell in a container or pod, to be run in a terminal. @throws ServeError if the worker does not exist */
  shell(id: string, worker: string): TerminalProgram;
  /** Returns the actions for the containers or pods of a bento. @throws ServeError `not-found` if it has none */
  onEngine(id: string): EngineActions;
  /**
   * Compares a bento that runs on an engine with what a restart would apply there. Nothing is changed. Imports the code
   * of the service. @throws ServeError
   */
  compare(id: string, options?: AskOptions): Promise<Comparison>;
  /** BentoML's own start commands for what is served, or would be. Imports the code for it. */
  startCommands(id: string, options?: AskOptions): Promise<ExportedSet>;
  /** Plans containers for what is served, or would be served. Imports the code of the service if needed. */
  containerPlan(id: string, image: ImageChoice, options?: AskOptions): Promise<ContainerPlan>;
}

export type BentoManager = BentoReader & BentoCommander;
