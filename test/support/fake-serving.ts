import { planRequest } from '../../src/core/plan/plan-request';
import type { BentoWarning } from '../../src/core/bento-manager';
import type { BentoDebugger } from '../../src/core/debug/bento-debugger';
import { Emitter } from '../../src/core/events';
import type { LogFolder } from '../../src/core/logs/log-folder';
import type { ComponentState, Problem } from '../../src/core/model';
import { PlanCache } from '../../src/core/plan/plan-cache';
import { stickyPorts } from '../../src/core/target/local/ports/sticky-ports';
import { cancelled, ServeError } from '../../src/core/problem';
import { BentoRegistry } from '../../src/core/registry/bento-registry';
import type { BentoSources } from '../../src/core/registry/bento-sources';
import type { RegistryContext } from '../../src/core/registry/registry-context';
import type { RunningBento } from '../../src/core/target/running-bento';
import type { ServeRequest } from '../../src/core/target/serve-request';
import type { RunningComponent } from '../../src/core/target/running-component';
import type { WorkerStacks } from '../../src/core/profile/dump-stacks';
import type { RunningWorker } from '../../src/core/profile/running-worker';
import { untilAborted } from '../../src/core/until-aborted';
import { ManualClock } from './manual-clock';
import { quietLog } from './quiet-log';
import { say, textOf } from '../../src/core/messages/message';

/** A bento that serves nothing: tests decide when it is ready, fails or ends. */
export class FakeServed implements RunningBento {
  readonly #changed = new Emitter<void>();
  readonly #ended = new Emitter<void>();
  readonly #start = Promise.withResolvers<undefined>();
  readonly #end = Promise.withResolvers<undefined>();
  readonly #cancel = new AbortController();
  readonly onDidChange = this.#changed.event;
  readonly onDidEnd = this.#ended.event;
  readonly request: ServeRequest;
  readonly plan = undefined;
  settingsFilesChanged = false;
  readonly followsCode = true;
  readonly warnings: readonly BentoWarning[] = [];
  components: readonly RunningComponent[] = [];
  wasReady = false;
  stopping = false;
  forced = false;
  wasStarted = false;
  hasEnded = false;
  problem: Problem | undefined;
  /** Answers the check before a restart. */
  check = (): Promise<void> => Promise.resolve();
  /** Its workers. */
  running: readonly RunningWorker[] = [];
  readonly calls: string[];

  constructor(request: ServeRequest, calls: string[]) {
    this.request = request;
    this.calls = calls;
  }

  async start(signal: AbortSignal): Promise<void> {
    this.calls.push('start');
    this.wasStarted = true;
    this.has({ http: 'starting' });
    this.request.onPhase(say('importingService'));
    try {
      await untilAborted(AbortSignal.any([signal, this.#cancel.signal]), this.#start.promise);
    } catch (error) {
      await this.stop();
      throw this.problem === undefined ? error : new ServeError(this.problem);
    }
  }

  /** It is ready now, with one component. */
  ready(): void {
    this.has({ http: 'ready' });
    this.wasReady = true;
    this.#start.resolve(undefined);
    this.#changed.fire();
  }

  /** Its component is in another state now. */
  turn(state: ComponentState): void {
    this.has({ http: state });
    this.#changed.fire();
  }

  /** Its components by id, with their states. */
  has(states: Readonly<Record<string, ComponentState>>): void {
    this.components = Object.entries(states).map(([id, state]) => ({
      id,
      snapshot: { id, kind: 'http', name: 'Search', state, pids: [], restarts: 0 },
      details: { workersWanted: 1, workersAlive: 1, resources: [], recentErrors: 0 },
    }));
  }

  fail(error: Error): void {
    this.#start.reject(error);
  }

  async startComponent(id: string): Promise<void> {
    this.calls.push(`start ${id}`);
    await this.#start.promise;
    if (!this.stopping) this.turn('ready');
  }

  async restartComponent(id: string, signal: AbortSignal): Promise<void> {
    this.calls.push(`restart ${id}`);
    await untilAborted(AbortSignal.any([signal, this.#cancel.signal]), Promise.resolve());
    this.turn('ready');
  }

  /** Answers a retry of saved code that could not be served. */
  retry = (): Promise<void> => Promise.resolve();

  readonly hasRaisedLimits = false;
  debugger: BentoDebugger | undefined = undefined;

  workers(component: string | undefined): readonly RunningWorker[] {
    this.calls.push(`workers ${component}`);
    return this.running;
  }

  async profile(worker: RunningWorker): Promise<void> {
    this.calls.push(`profile ${worker.pid}`);
    return Promise.resolve();
  }

  async dumpStacks(workers: readonly RunningWorker[]): Promise<readonly WorkerStacks[]> {
    this.calls.push(`stacks ${workers.map(({ pid }) => pid).join(' ')}`);
    return Promise.resolve([]);
  }

  notDebuggable(): undefined {
    return undefined;
  }

  attachDebugger(): Promise<readonly never[]> {
    return Promise.resolve([]);
  }

  async retryReload(): Promise<void> {
    await this.retry();
  }

  async stopComponent(id: string): Promise<void> {
    this.calls.push(`stop ${id}`);
    await Promise.resolve();
    this.turn('stopped');
  }

  /** The stop takes until `end`. */
  holdsStop = false;

  async stop(): Promise<void> {
    this.#cancel.abort();
    if (!this.stopping) {
      this.stopping = true;
      this.calls.push('stop');
      this.#changed.fire();
      if (this.holdsStop) await this.#end.promise;
      this.end();
    }
    await this.#end.promise;
  }

  leave(): Promise<void> {
    return this.stop();
  }

  /** No process of it is left. */
  end(): void {
    this.#end.resolve(undefined);
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.#ended.fire();
  }

  /** What supervises it is gone, and everything it served. */
  lose(problem: Problem): void {
    this.problem = problem;
    void this.stop();
  }

  force(): void {
    this.forced = true;
    this.#end.resolve(undefined);
  }

  filesChanged(): void {
    // Nothing is reloaded here.
  }
}

export interface FakeServing {
  readonly registry: BentoRegistry;
  readonly clock: ManualClock;
  /** All that were made. */
  readonly served: FakeServed[];
  /** What they were asked for, in order. */
  readonly calls: string[];
  /** The messages that people got. */
  readonly told: string[];
}

/** The registry, with bentos that serve nothing. @param engine what serves on an engine: see `FakeEngine` */
export function fakeServing(
  sources: BentoSources,
  context: Partial<RegistryContext> = {},
  engine: object = {},
): FakeServing {
  const clock = new ManualClock();
  const served: FakeServed[] = [];
  const calls: string[] = [];
  const told: string[] = [];
  const unused = (): Promise<never> => Promise.reject(cancelled());
  class Made extends FakeServed {
    constructor(_context: unknown, _helpers: unknown, request: ServeRequest) {
      super(request, calls);
      served.push(this);
    }
  }
  class NoHelpers {
    readonly waiting = 0;
    endIdle = (): Promise<void> => Promise.resolve();
    endIdleOf = (): Promise<void> => Promise.resolve();
    close = (): Promise<void> => Promise.resolve();
  }
  const serving = { ServedBento: Made, WatchedBento: Made, HelperPool: NoHelpers };
  const registry = new BentoRegistry(
    {
      clock,
      log: quietLog(),
      platform: 'linux',
      processEnv: {},
      scripts: '/scripts',
      runFiles: '/runs',
      bytecode: '/bytecode',
      random: () => 0.5,
      warmIdleMs: 0,
      stickyPorts: stickyPorts({ get: () => undefined, update: () => Promise.resolve() }),
      planCache: new PlanCache(),
      servedBefore: { add: () => undefined },
      assertTrusted: () => undefined,
      isDebugging: () => false,
      confirmExposures: () => Promise.resolve(),
      confirmVariables: () => Promise.resolve(),
      loadHealthClient: unused,
      forwardedHosts: unused,
      keyPassword: unused,
      engines: {
        ...{ run: () => unused, folder: '/engines', askForImage: unused },
        tell: (message) => told.push(textOf(message)),
        ...{ askForRegistryImage: unused, askForCluster: unused, confirmProduction: unused },
        ...{ askForPush: unused, build: unused, containerize: unused },
      },
      loadServing: () =>
        Promise.resolve({
          ...serving,
          planRequest,
          serversTls: () => Promise.resolve({}),
        } as unknown as Awaited<ReturnType<RegistryContext['loadServing']>>),
      loadDeployment: () =>
        Promise.resolve(
          engine as unknown as Awaited<ReturnType<RegistryContext['loadDeployment']>>,
        ),
      loadLogFolder: () => Promise.resolve({ open: unused } as unknown as LogFolder),
      ...context,
    },
    sources,
  );
  return { registry, clock, served, calls, told };
}
