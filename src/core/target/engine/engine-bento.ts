import { noComponent } from '../no-component';
import { byId } from '../../by-id';
import type { BentoWarning } from '../../bento-manager';
import type { Clock } from '../../clock';
import { componentTitle } from '../../component-title';
import type { DebugChoice } from '../../debug/debug-choice';
import type { DebugOptions } from '../../debug/bento-debugger';
import type { DebuggedWorker } from '../../debug/debugged-worker';
import { notDebuggable } from '../../debug/not-debuggable';
import { withDeadline } from '../../deadline';
import { Emitter, type Disposable, type Event } from '../../events';
import type { OutputRequest } from '../../logs/worker-log';
import { KeyedMemo } from '../../keyed-memo';
import type { ComponentLog } from '../../logs/component-log';
import { problemTexts, say, type Message } from '../../messages/message';
import type { BentoEngine, ComponentState, Problem } from '../../model';
import type { Plan, PlannedComponent } from '../../plan/plan';
import { cancelled, problemOf, ServeError } from '../../problem';
import type { WorkerStacks } from '../../profile/dump-stacks';
import type { RunningWorker } from '../../profile/running-worker';
import { untilAborted } from '../../until-aborted';
import { withTimeout } from '../../with-timeout';
import type { RunningBento, RunningRequest } from '../running-bento';
import type { RunningComponent } from '../running-component';
import type {
  AppliedBento,
  AppliedComponent,
  AppliedWorker,
  ApplyOptions,
  TerminalProgram,
} from '../target';
import { CodeReloads } from '../local/reload/code-reloads';
import { seconds } from '../local/supervise/seconds';
import type { EngineActions } from './engine-actions';
import { EngineDebugger, type EngineDebugStart } from './debug/engine-debugger';
import { engineComponent } from './engine-component';
import { EngineLogs } from './engine-logs';
import { EngineReload, type EngineCode } from './engine-reload';
import { beingStopped, EngineRestarts } from './engine-restarts';
import { unknownProblem } from './unknown-problem';

/** A plan that can be applied to its engine. */
export interface PreparedBento {
  readonly plan: Plan;
  /** Whether its workers run the source of this machine, which is mounted. */
  readonly mountsSource: boolean;
  readonly apply: (
    options: Pick<ApplyOptions, 'signal' | 'onApplied' | 'watched'> & {
      /** Absent if nothing is debugged. */
      readonly debug?: EngineDebugStart | undefined;
    },
  ) => Promise<AppliedBento>;
  /** The folder of the code in the containers. Absent if it is the same as on this machine. */
  readonly remoteSource?: string;
  /** Asks before containers are started with a debugger, if that has a risk. @throws ServeError `cancelled` */
  readonly confirmDebug?: () => Promise<void>;
}

export interface EngineBentoParts {
  readonly clock: Clock;
  readonly request: RunningRequest;
  readonly engine: BentoEngine;
  readonly logFor: (component: string) => ComponentLog;
  readonly onPhase: (phase: Message) => void;
  readonly platform: NodeJS.Platform;
  /** Returns what is debugged from the start. */
  readonly debug?: () => DebugChoice | undefined;
  /** Makes the plan of the bento without changing anything on the engine. */
  readonly prepare: (signal: AbortSignal) => Promise<PreparedBento>;
  /** The functions with which it follows saved code, if it runs the source of this machine. */
  readonly code: EngineCode;
  /**
   * Removes the files that its containers needed, after they have been removed. Never rejects.
   * @param debug if present, removes only the file of this debug session: another window may be serving the bento again
   */
  readonly removeFiles: (debug?: EngineDebugStart) => Promise<void>;
}

/** The time limit for a cancelled restart to end. */
const restartEndMs = 15_000;
/** A change of one component, which ends when its workers are ready. */
interface ComponentChange {
  readonly act: (applied: AppliedBento, signal: AbortSignal) => Promise<void>;
  readonly isDone: () => boolean;
  readonly lateError: () => ServeError;
}

/** A bento whose components run on an engine, which restarts and schedules them. It outlives the window. */
export class EngineBento implements RunningBento, EngineActions {
  readonly request: RunningRequest;
  readonly engine: BentoEngine;
  readonly actions: EngineActions = this;
  readonly settingsFilesChanged = false;
  readonly debugger: EngineDebugger;
  readonly #parts: EngineBentoParts;
  readonly #changed = new Emitter<void>();
  readonly #ended = new Emitter<void>();
  #cancel = new AbortController();
  #prepared: PreparedBento | undefined;
  /** The plan that is served. Undefined if another window has served it. */
  #plan: Plan | undefined;
  #applied: AppliedBento | undefined;
  readonly #restarts: EngineRestarts;
  /** The start times of restarts, by component, until the component is ready. */
  readonly #restarted = new Map<string, number>();
  /** Absent if its code does not change. */
  #reloads: CodeReloads | undefined;
  #attached: readonly Disposable[] = [];
  /** Absent: not computed since the last change. With thousands of workers it is read far more often than it changes. */
  #components: readonly RunningComponent[] | undefined;
  readonly #made = new KeyedMemo<string, RunningComponent>();
  readonly #unknownMade = new KeyedMemo<'problem', Problem | undefined>();
  #wasReady = false;
  #problem: Problem | undefined;
  /** Whether the start has succeeded. Resolves when it has ended, and what it had applied is removed if it failed. */
  #started: Promise<boolean> = Promise.resolve(true);
  #stopping: Promise<void> | undefined;
  #hasEnded = false;
  /** Resolves when the bento has been applied again as often as was requested. Never rejects. */
  #applying: Promise<unknown> = Promise.resolve();

  /** @param adopted the bento if it is on the engine already */
  constructor(parts: EngineBentoParts, adopted?: AppliedBento) {
    this.#parts = parts;
    this.request = parts.request;
    this.engine = parts.engine;
    this.#restarts = new EngineRestarts(parts.engine.kind === 'compose', () => this.#change());
    this.debugger = new EngineDebugger({
      clock: parts.clock,
      bento: parts.request.bento.name,
      titleOf: (id) => this.#titleOf(id),
      apply: () => this.#applyAgain(),
    });
    this.debugger.onDidChange(() => this.#changed.fire());
    if (adopted === undefined) return;
    // Another window may be serving the bento at the moment.
    const states = adopted.state.components.map(({ state }) => state);
    this.#wasReady = !states.includes('starting') || states.some(isWorse);
    this.#attach(adopted);
    this.#followCode(adopted.mountsSource);
    this.#reloads?.begin();
  }

  readonly onDidChange: Event<void> = this.#changed.event;
  readonly onDidEnd: Event<void> = this.#ended.event;

  get plan(): Plan | undefined {
    return this.#plan;
  }

  get components(): readonly RunningComponent[] {
    return (this.#components ??= this.#readComponents());
  }

  #readComponents(): readonly RunningComponent[] {
    if (this.#applied === undefined) return [];
    const { components } = this.#applied.state;
    const unknown = this.#unknown;
    const { name } = this.request.bento;
    return components.map((one) => {
      const shown = this.#shown(one);
      return this.#made.get(one.id, [shown, unknown], () => engineComponent(shown, unknown, name));
    });
  }

  /** Returns the component as people see it: one that is about to stop is not shown as ready. */
  #shown(component: AppliedComponent): AppliedComponent {
    return this.stopping ? beingStopped(component) : this.#restarts.shown(component);
  }

  get wasReady(): boolean {
    return this.#wasReady;
  }

  get hasRaisedLimits(): boolean {
    return this.debugger.start?.raisesLimits ?? false;
  }

  get stopping(): boolean {
    return this.#stopping !== undefined;
  }

  get problem(): Problem | undefined {
    return this.#problem ?? this.#unknown ?? this.#reloads?.problem;
  }

  /** Present while the engine does not answer. */
  get #unknown(): Problem | undefined {
    const unknown = this.#applied?.state.unknown;
    return this.#unknownMade.get('problem', [unknown], () => unknown && unknownProblem(unknown));
  }

  get warnings(): readonly BentoWarning[] {
    const { components = [] } = this.#applied?.state ?? {};
    if (this.stopping || this.debugger.isChanging) return [];
    const isLeft = components.some(
      ({ id, isDebugged }) => isDebugged === true && !this.debugger.isDebugging(id),
    );
    return isLeft ? [{ kind: 'debuggerLeft' }] : [];
  }

  get followsCode(): boolean {
    return this.#reloads !== undefined;
  }

  filesChanged(paths: readonly string[]): void {
    this.#reloads?.changed(paths);
  }

  async check(_running: RunningBento, signal: AbortSignal): Promise<void> {
    await this.#prepare(signal);
  }

  async #prepare(signal: AbortSignal): Promise<PreparedBento> {
    this.#prepared ??= await this.#parts.prepare(signal);
    this.debugger.remoteSource = this.#prepared.remoteSource;
    return this.#prepared;
  }

  async start(signal: AbortSignal): Promise<void> {
    const started = this.#start(AbortSignal.any([signal, this.#cancel.signal]));
    this.#started = started.then(
      () => true,
      () => false,
    );
    await started;
  }

  async #start(cancel: AbortSignal): Promise<void> {
    try {
      const prepared = await this.#prepare(cancel);
      if (cancel.aborted) throw cancelled();
      this.#plan = prepared.plan;
      this.#followCode(prepared.mountsSource);
      const choice = this.#parts.debug?.();
      if (choice !== undefined) {
        const ids = this.#debuggable(prepared.plan, choice.components);
        this.debugger.enable(ids, choice, true);
      }
      const debug = this.debugger.start;
      this.#parts.onPhase(say('startingContainers'));
      const onApplied = (applied: AppliedBento): void => this.#attach(applied);
      this.#attach(await prepared.apply({ signal: cancel, onApplied, debug }));
      this.#wasReady = true;
      this.#reloads?.begin();
      this.#change();
    } catch (error) {
      const failure = cancel.aborted ? cancelled() : error;
      if (!cancel.aborted) this.#problem = problemOf(failure, 'engine-failed');
      // A stop that waits for this removes what was on the engine before.
      if (this.#stopping === undefined) this.#end();
      throw failure;
    }
  }

  /** Engines start what has ended themselves. */
  async startComponent(id: string, signal: AbortSignal): Promise<void> {
    if (this.#stateOf(id) !== 'ready') await this.restartComponent(id, signal);
  }

  async restartComponent(id: string, signal: AbortSignal): Promise<void> {
    await this.#changeComponent(id, signal, {
      act: (applied, until) => this.#restart(applied, id, say('engineRestarting'), until),
      isDone: () => this.#find(id)?.snapshot.state === 'ready',
      lateError: () => this.#lateError(id),
    });
    const cancel = AbortSignal.any([signal, this.#cancel.signal]);
    await untilAborted(cancel, this.#reloads?.retry() ?? Promise.resolve());
  }

  async scale(id: string, count: number, signal: AbortSignal): Promise<void> {
    await this.#changeComponent(id, signal, {
      act: (applied, until) => applied.scale(id, count, until),
      isDone: () => this.#hasReplicas(id, count),
      lateError: () => {
        const found = this.#find(id)?.snapshot;
        const { problem, state } = found ?? {};
        const reason = problem?.texts?.summary ?? problem?.summary ?? say('engineNoReason');
        const facts = {
          component: found === undefined ? id : componentTitle(found),
          count,
          reason,
        };
        const code = state === 'failed' ? 'crashed' : 'start-timeout';
        return new ServeError({ code, component: id, ...problemTexts(say('scaleLate', facts)) });
      },
    });
  }

  #hasReplicas(id: string, count: number): boolean {
    const found = this.#applied?.state.components.find((one) => one.id === id);
    if (found?.state !== 'ready' || (found.replicas ?? count) !== count) return false;
    return found.workers.filter(({ state }) => state === 'ready').length === count;
  }

  async #changeComponent(
    id: string,
    signal: AbortSignal,
    { act, isDone, lateError }: ComponentChange,
  ): Promise<void> {
    const applied = this.#applied;
    if (applied === undefined) throw this.#noComponent(id);
    this.#stateOf(id);
    const { startTimeout } = this.request.settings;
    const cancel = AbortSignal.any([signal, this.#cancel.signal]);
    try {
      await withDeadline(
        this.#parts.clock,
        startTimeout * 1_000,
        [cancel],
        async (until) => {
          await untilAborted(until, act(applied, until));
          await this.#until(isDone, until);
        },
        () => this.debugger.isDebugging(),
      );
    } catch (error) {
      if (cancel.aborted) throw cancelled();
      throw problemOf(error).code === 'cancelled' ? lateError() : error;
    }
  }

  /** Resolves when the engine has started new workers. @param id a component's id; absent for all components */
  async #restart(
    applied: AppliedBento,
    id: string | undefined,
    reason: Message,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, logFor, engine } = this.#parts;
    const from = clock.now();
    for (const one of this.#restarted.keys())
      if (id === undefined || one === id) this.#restarted.delete(one);
    const ids = this.components
      .map((one) => one.id)
      .filter((one) => id === undefined || one === id);
    for (const one of ids) logFor(one).event(engine.kind === 'compose' ? 'stopping' : 'restarting');
    await this.#restarts.run(applied, { component: id, reason, since: clock.date() }, signal);
    for (const one of ids) this.#restarted.set(one, from);
    this.#announceReady();
  }

  /** Writes into the logs which restarted components are ready. */
  #announceReady(): void {
    const { clock, logFor } = this.#parts;
    for (const [id, from] of this.#restarted) {
      if (this.#find(id)?.snapshot.state !== 'ready') continue;
      this.#restarted.delete(id);
      logFor(id).event(`ready after ${seconds(clock.now() - from)}`);
    }
  }

  /** Restarts containers when their code is saved, from `begin` on. Code that was saved before then is served, too. */
  #followCode(mountsSource: boolean): void {
    const { bento } = this.request;
    // The code of a built bento does not change.
    if (!mountsSource || bento.source === 'store') return;
    const { clock, code } = this.#parts;
    const stopped = this.#cancel.signal;
    const reload = new EngineReload({
      ...{ ...code, bento },
      plan: () => this.plan,
      confirm: (plan) => {
        this.#plan = plan;
      },
      components: () => this.components.map(({ id }) => id),
      restart: async (files) => {
        if (this.#applied === undefined) throw cancelled();
        await this.#restart(this.#applied, undefined, say('engineReloading', { files }), stopped);
      },
    });
    this.#reloads = new CodeReloads({
      ...{ clock, reload, stopped },
      use: (work) => work,
      untilContinued: (signal) => this.debugger.untilContinued(signal),
      mend: () => Promise.resolve(),
      states: () => this.components.map(({ snapshot }) => snapshot.state),
      onChange: () => this.#change(),
    });
  }

  async #until(isDone: () => boolean, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const check = (): void => {
      if (isDone()) resolve(undefined);
    };
    const watching = this.#changed.event(check);
    check();
    try {
      await untilAborted(signal, promise);
    } finally {
      watching.dispose();
    }
  }

  #lateError(id: string): ServeError {
    const container = this.#nameOf(id);
    const problem = this.#find(id)?.snapshot.problem;
    const summary = say('containerUnhealthySummary', { container });
    const reason = problem?.texts?.summary ?? problem?.summary ?? summary;
    return new ServeError({
      code: 'start-timeout',
      ...problemTexts(say('containerUnhealthy', { container }), reason),
    });
  }

  #stateOf(id: string): ComponentState {
    const found = this.#find(id);
    if (found === undefined) throw this.#noComponent(id);
    return found.snapshot.state;
  }

  #titleOf(id: string): string {
    const found = this.#find(id)?.snapshot;
    return found === undefined ? id : componentTitle(found);
  }

  #nameOf(id: string): string {
    return this.#find(id)?.snapshot.name ?? id;
  }

  #find(id: string): RunningComponent | undefined {
    return byId(this.components, id);
  }

  shell(worker: string): TerminalProgram {
    const applied = this.#applied;
    const found = this.#worker(worker);
    if (applied === undefined || found === undefined) throw this.#noComponent(worker);
    return applied.shell(found);
  }

  async printOutput(name: string, request: OutputRequest): Promise<void> {
    await this.#appliedWith(name).logs({ ...request, worker: this.#existing(name) });
  }

  async describe(id: string, name: string | undefined, signal: AbortSignal): Promise<string> {
    const worker = name === undefined ? undefined : this.#existing(name);
    const applied = this.#appliedWith(name ?? id);
    return applied.describe(id, worker, signal);
  }

  #appliedWith(name: string): AppliedBento {
    if (this.#applied === undefined) throw this.#noComponent(name);
    return this.#applied;
  }

  /** @throws ServeError `not-found` */
  #existing(name: string): AppliedWorker {
    const found = this.#worker(name);
    if (found !== undefined) return found;
    const texts = problemTexts(say('noWorker', { worker: name, bento: this.request.bento.name }));
    throw new ServeError({ code: 'not-found', ...texts });
  }

  #worker(name: string): AppliedWorker | undefined {
    return this.#applied?.state.components
      .flatMap(({ workers }) => workers)
      .find((worker) => worker.name === name);
  }

  notDebuggable(id: string): Message | undefined {
    // Only BentoML's workers run in containers.
    return this.#notDebuggable({ name: this.#nameOf(id) });
  }

  #notDebuggable(
    component: Pick<PlannedComponent, 'name' | 'remote' | 'listens'>,
  ): Message | undefined {
    return notDebuggable(component, { launcher: 'workers', platform: this.#parts.platform });
  }

  /** Starts the containers of a component, or of all, with the debugger. */
  async attachDebugger(
    component: string | undefined,
    options: DebugOptions,
  ): Promise<readonly DebuggedWorker[]> {
    await this.#started;
    const { plan, confirmDebug } = await this.#prepare(this.#cancel.signal);
    const ids = this.#debuggable(plan, component === undefined ? undefined : [component]);
    await confirmDebug?.();
    return this.debugger.attach(ids, options);
  }

  /** Returns the ids of the named components, or of all that can be debugged. @throws ServeError `debugger` */
  #debuggable({ components }: Plan, named: readonly string[] | undefined): readonly string[] {
    const wanted = components.filter(({ id }) => named?.includes(id) !== false);
    const able = wanted.filter((one) => this.#notDebuggable(one) === undefined);
    const refused = wanted.find((one) => !able.includes(one));
    if (able.length > 0 && (named === undefined || refused === undefined)) {
      return able.map(({ id }) => id);
    }
    const { name: bento } = this.request.bento;
    const why = refused && this.#notDebuggable(refused);
    const message = problemTexts(why ?? say('nothingToDebug', { bento }));
    throw new ServeError({ code: 'debugger', ...message });
  }

  /** Applies the bento as it is to be debugged now. One at a time: what is requested meanwhile is applied afterwards. */
  async #applyAgain(): Promise<void> {
    const applied = this.#applying.then(() => this.#applyNow());
    this.#applying = applied.catch(() => undefined);
    await applied;
  }

  async #applyNow(): Promise<void> {
    const prepared = this.#prepared;
    const { signal } = this.#cancel;
    if (prepared === undefined || this.#hasEnded || this.stopping) return;
    // Until then, the present watch shows what happens.
    this.#attach(
      await prepared.apply({ signal, watched: this.#applied, debug: this.debugger.start }),
    );
  }

  workers(): readonly RunningWorker[] {
    return [];
  }

  async profile(): Promise<void> {
    // It has no processes here.
  }

  async dumpStacks(): Promise<readonly WorkerStacks[]> {
    return Promise.resolve([]);
  }

  async retryReload(signal: AbortSignal): Promise<void> {
    await untilAborted(signal, this.#reloads?.retry() ?? Promise.resolve());
    const problem = this.#reloads?.problem;
    if (problem !== undefined) throw new ServeError(problem);
  }

  async stopComponent(id: string): Promise<void> {
    const message = problemTexts(say('engineComponentNotStopped', { name: this.#nameOf(id) }));
    return Promise.reject(new ServeError({ code: 'engine-failed', ...message }));
  }

  /** Removes it from the engine. @throws ServeError if the engine does not do that; it is still watched then */
  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    this.#cancel.abort();
    if (this.#stopping === undefined) {
      this.#reloads?.dispose();
      this.#stopping = this.#stop();
    }
    this.#change();
    await this.#stopping;
  }

  async #stop(): Promise<void> {
    // A cancelled start removes what it has applied. Two removals at the same time would interfere with each other.
    const isWatched = await this.#started;
    // A worker that is paused could not end.
    this.debugger.dispose();
    await withTimeout(this.#parts.clock, restartEndMs, this.#restarts.ended());
    try {
      await this.#applied?.stop(new AbortController().signal);
    } catch (error) {
      this.#stopping = undefined;
      if (!isWatched) {
        this.#end();
        throw error;
      }
      // It is still there, and can be restarted.
      this.#cancel = new AbortController();
      this.#followCode(this.#applied?.mountsSource === true);
      this.#reloads?.begin();
      this.#change();
      throw error;
    }
    await this.#parts.removeFiles();
    this.#end();
  }

  /** Waits for a stop or start in progress: a cancelled start removes what it has applied. */
  async leave(): Promise<void> {
    await this.#stopping?.catch(() => undefined);
    this.#cancel.abort();
    this.#end();
    await this.#started;
  }

  force(): void {
    // The engine kills what does not stop within its grace period.
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#reloads?.dispose();
    this.debugger.dispose();
    this.#detach();
    this.#applied = undefined;
    this.#components = undefined;
    this.#ended.fire();
  }

  #detach(): void {
    for (const attached of this.#attached) attached.dispose();
    this.#attached = [];
  }

  #attach(applied: AppliedBento): void {
    if (this.#applied === applied) return;
    if (this.#hasEnded) {
      applied.dispose();
      return;
    }
    this.#detach();
    this.#applied = applied;
    this.debugger.follow(applied);
    const { clock, logFor } = this.#parts;
    this.#attached = [
      applied.onDidChange(() => {
        if (!this.#isGone(applied)) {
          this.#change();
          return;
        }
        const debug = this.debugger.start;
        this.#end();
        if (debug !== undefined) void this.#parts.removeFiles(debug);
      }),
      new EngineLogs(applied, logFor, clock),
      applied,
    ];
    this.#change();
  }

  /** Whether another window or the user has removed all of it. A cluster may run no pod of it for a while. */
  #isGone({ state: { components, unknown } }: AppliedBento): boolean {
    if (this.engine.kind !== 'compose' || !this.#wasReady || this.stopping) return false;
    if (unknown !== undefined || components.length === 0) return false;
    return components.every(({ workers }) => workers.length === 0);
  }

  #change(): void {
    this.#components = undefined;
    this.debugger.follow(this.#applied);
    const components = this.components;
    const isReady = ({ snapshot }: RunningComponent): boolean => snapshot.state === 'ready';
    if (components.length > 0 && components.every(isReady)) this.#wasReady = true;
    this.#announceReady();
    this.#changed.fire();
  }

  #noComponent(id: string): ServeError {
    return noComponent(this.request.bento.name, id);
  }
}

/** Whether a worker has been started before and is not running now. */
const isWorse = (state: ComponentState): boolean => state !== 'starting' && state !== 'ready';
