import { noComponent } from '../no-component';
import type { BentoWarning } from '../../bento-manager';
import type { Clock } from '../../clock';
import type { DebuggedWorker } from '../../debug/debugged-worker';
import { withDeadline } from '../../deadline';
import { Emitter, type Disposable, type Event } from '../../events';
import type { ComponentLog } from '../../logs/component-log';
import { problemTexts, say, type Message } from '../../messages/message';
import type { BentoEngine, ComponentState, Problem } from '../../model';
import type { Plan } from '../../plan/plan';
import { cancelled, problemOf, ServeError } from '../../problem';
import type { WorkerStacks } from '../../profile/dump-stacks';
import type { RunningWorker } from '../../profile/running-worker';
import { untilAborted } from '../../until-aborted';
import type { RunningBento, RunningRequest } from '../running-bento';
import type { RunningComponent } from '../running-component';
import type { AppliedBento, AppliedWorker, ApplyOptions, TerminalProgram } from '../target';
import { engineComponent } from './engine-component';
import { EngineLogs } from './engine-logs';
import { unknownProblem } from './unknown-problem';

/** A plan that can be applied to its engine. */
export interface PreparedBento {
  readonly plan: Plan;
  readonly apply: (options: Pick<ApplyOptions, 'signal' | 'onApplied'>) => Promise<AppliedBento>;
}

export interface EngineBentoParts {
  readonly clock: Clock;
  readonly request: RunningRequest;
  readonly engine: BentoEngine;
  readonly logFor: (component: string) => ComponentLog;
  readonly onPhase: (phase: Message) => void;
  /** Makes the plan of the bento without changing anything on the engine. */
  readonly prepare: (signal: AbortSignal) => Promise<PreparedBento>;
}

/** A bento whose components run on an engine, which restarts and schedules them. It outlives the window. */
export class EngineBento implements RunningBento {
  readonly request: RunningRequest;
  readonly engine: BentoEngine;
  readonly warnings: readonly BentoWarning[] = [];
  readonly settingsFilesChanged = false;
  readonly hasRaisedLimits = false;
  readonly debugger = undefined;
  readonly #parts: EngineBentoParts;
  readonly #changed = new Emitter<void>();
  readonly #ended = new Emitter<void>();
  #cancel = new AbortController();
  #prepared: PreparedBento | undefined;
  #applied: AppliedBento | undefined;
  #attached: readonly Disposable[] = [];
  /** Absent: not computed since the last change. With thousands of workers it is read far more often than it changes. */
  #components: readonly RunningComponent[] | undefined;
  #wasReady = false;
  #problem: Problem | undefined;
  /** Whether the start has succeeded. Resolves when it has ended, and what it had applied is removed if it failed. */
  #started: Promise<boolean> = Promise.resolve(true);
  #stopping: Promise<void> | undefined;
  #hasEnded = false;

  /** @param adopted the bento if it is on the engine already */
  constructor(parts: EngineBentoParts, adopted?: AppliedBento) {
    this.#parts = parts;
    this.request = parts.request;
    this.engine = parts.engine;
    if (adopted === undefined) return;
    // Another window may be serving the bento at the moment.
    const states = adopted.state.components.map(({ state }) => state);
    this.#wasReady = !states.includes('starting') || states.some(isWorse);
    this.#attach(adopted);
  }

  readonly onDidChange: Event<void> = this.#changed.event;
  readonly onDidEnd: Event<void> = this.#ended.event;

  get plan(): Plan | undefined {
    return this.#prepared?.plan;
  }

  get components(): readonly RunningComponent[] {
    return (this.#components ??= this.#readComponents());
  }

  #readComponents(): readonly RunningComponent[] {
    if (this.#applied === undefined) return [];
    const { components } = this.#applied.state;
    const unknown = this.#unknown;
    const { name } = this.request.bento;
    return components.map((one) => engineComponent(one, unknown, name));
  }

  get wasReady(): boolean {
    return this.#wasReady;
  }

  get stopping(): boolean {
    return this.#stopping !== undefined;
  }

  get problem(): Problem | undefined {
    return this.#problem ?? this.#unknown;
  }

  /** Present while the engine does not answer. */
  get #unknown(): Problem | undefined {
    const unknown = this.#applied?.state.unknown;
    return unknown && unknownProblem(unknown);
  }

  filesChanged(): void {
    // Containers keep the code that they have started with.
  }

  async check(_running: RunningBento, signal: AbortSignal): Promise<void> {
    this.#prepared ??= await this.#parts.prepare(signal);
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
      const prepared = (this.#prepared ??= await this.#parts.prepare(cancel));
      if (cancel.aborted) throw cancelled();
      this.#parts.onPhase(say('startingContainers'));
      const onApplied = (applied: AppliedBento): void => this.#attach(applied);
      this.#attach(await prepared.apply({ signal: cancel, onApplied }));
      this.#wasReady = true;
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
    const applied = this.#applied;
    if (applied === undefined) throw this.#noComponent(id);
    this.#stateOf(id);
    const { startTimeout } = this.request.settings;
    const cancel = AbortSignal.any([signal, this.#cancel.signal]);
    try {
      await withDeadline(this.#parts.clock, startTimeout * 1_000, [cancel], async (until) => {
        await untilAborted(until, applied.restart(id, until));
        await this.#untilReady(id, until);
      });
    } catch (error) {
      if (cancel.aborted) throw cancelled();
      throw problemOf(error).code === 'cancelled' ? this.#lateError(id) : error;
    }
  }

  async #untilReady(id: string, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const check = (): void => {
      if (this.#find(id)?.snapshot.state === 'ready') resolve(undefined);
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

  #nameOf(id: string): string {
    return this.#find(id)?.snapshot.name ?? id;
  }

  #find(id: string): RunningComponent | undefined {
    return this.components.find((one) => one.id === id);
  }

  shell(worker: string): TerminalProgram {
    const applied = this.#applied;
    const found = this.#worker(worker);
    if (applied === undefined || found === undefined) throw this.#noComponent(worker);
    return applied.shell(found);
  }

  #worker(name: string): AppliedWorker | undefined {
    return this.#applied?.state.components
      .flatMap(({ workers }) => workers)
      .find((worker) => worker.name === name);
  }

  notDebuggable(id: string): Message {
    return say('notDebuggableOnEngine', { name: this.#nameOf(id) });
  }

  async attachDebugger(): Promise<readonly DebuggedWorker[]> {
    const { name } = this.request.bento;
    const message = problemTexts(say('notDebuggableOnEngine', { name }));
    return Promise.reject(new ServeError({ code: 'debugger', ...message }));
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

  async retryReload(): Promise<void> {
    // Nothing is reloaded in containers.
  }

  async stopComponent(id: string): Promise<void> {
    const message = problemTexts(say('engineComponentNotStopped', { name: this.#nameOf(id) }));
    return Promise.reject(new ServeError({ code: 'engine-failed', ...message }));
  }

  /** Removes it from the engine. @throws ServeError if the engine does not do that; it is still watched then */
  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    this.#cancel.abort();
    this.#stopping ??= this.#stop();
    this.#change();
    await this.#stopping;
  }

  async #stop(): Promise<void> {
    // A cancelled start removes what it has applied. Two removals at the same time would interfere with each other.
    const isWatched = await this.#started;
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
      this.#change();
      throw error;
    }
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
    const { clock, logFor } = this.#parts;
    this.#attached = [
      applied.onDidChange(() => {
        if (this.#isGone(applied)) this.#end();
        else this.#change();
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
    const components = this.components;
    const isReady = ({ snapshot }: RunningComponent): boolean => snapshot.state === 'ready';
    if (components.length > 0 && components.every(isReady)) this.#wasReady = true;
    this.#changed.fire();
  }

  #noComponent(id: string): ServeError {
    return noComponent(this.request.bento.name, id);
  }
}

/** Whether a worker has been started before and is not running now. */
const isWorse = (state: ComponentState): boolean => state !== 'starting' && state !== 'ready';
