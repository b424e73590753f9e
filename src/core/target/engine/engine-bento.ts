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
  #wasReady = false;
  #problem: Problem | undefined;
  #stopping: Promise<void> | undefined;

  /** @param adopted the bento if it is on the engine already */
  constructor(parts: EngineBentoParts, adopted?: AppliedBento) {
    this.#parts = parts;
    this.request = parts.request;
    this.engine = parts.engine;
    if (adopted === undefined) return;
    this.#wasReady = true;
    this.#attach(adopted);
  }

  readonly onDidChange: Event<void> = this.#changed.event;
  readonly onDidEnd: Event<void> = this.#ended.event;

  get plan(): Plan | undefined {
    return this.#prepared?.plan;
  }

  get components(): readonly RunningComponent[] {
    if (this.#applied === undefined) return [];
    const { components, unknown } = this.#applied.state;
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
    const unknown = this.#applied?.state.unknown;
    return this.#problem ?? (unknown && unknownProblem(unknown));
  }

  filesChanged(): void {
    // Containers keep the code that they have started with.
  }

  async check(_running: RunningBento, signal: AbortSignal): Promise<void> {
    this.#prepared ??= await this.#parts.prepare(signal);
  }

  async start(signal: AbortSignal): Promise<void> {
    const cancel = AbortSignal.any([signal, this.#cancel.signal]);
    try {
      const prepared = (this.#prepared ??= await this.#parts.prepare(cancel));
      this.#parts.onPhase(say('startingContainers'));
      const onApplied = (applied: AppliedBento): void => this.#attach(applied);
      this.#attach(await prepared.apply({ signal: cancel, onApplied }));
      this.#wasReady = true;
      this.#changed.fire();
    } catch (error) {
      const failure = cancel.aborted ? cancelled() : error;
      if (!cancel.aborted) this.#problem = problemOf(failure, 'engine-failed');
      await this.leave();
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
    const signals = [signal, this.#cancel.signal];
    await withDeadline(this.#parts.clock, startTimeout * 1_000, signals, async (until) => {
      await applied.restart(id, until);
      await this.#untilReady(id, until);
    });
  }

  async #untilReady(id: string, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const check = (): void => {
      if (this.#stateOf(id) === 'ready') resolve(undefined);
    };
    const watching = this.#changed.event(check);
    check();
    try {
      await untilAborted(signal, promise);
    } finally {
      watching.dispose();
    }
  }

  #stateOf(id: string): ComponentState {
    const found = this.components.find((one) => one.id === id);
    if (found === undefined) throw this.#noComponent(id);
    return found.snapshot.state;
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
    return say('notDebuggableOnEngine', { name: id });
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
    const message = problemTexts(say('engineComponentNotStopped', { name: id }));
    return Promise.reject(new ServeError({ code: 'engine-failed', ...message }));
  }

  /** Removes it from the engine. @throws ServeError if the engine does not do that; it is still watched then */
  async stop(): Promise<void> {
    this.#cancel.abort();
    this.#stopping ??= this.#stop();
    this.#changed.fire();
    await this.#stopping;
  }

  async #stop(): Promise<void> {
    try {
      await this.#applied?.stop(new AbortController().signal);
    } catch (error) {
      this.#stopping = undefined;
      // It is still there, and can be restarted.
      this.#cancel = new AbortController();
      this.#changed.fire();
      throw error;
    }
    this.#end();
  }

  async leave(): Promise<void> {
    this.#cancel.abort();
    this.#end();
    return Promise.resolve();
  }

  force(): void {
    // The engine kills what does not stop within its grace period.
  }

  #end(): void {
    for (const attached of this.#attached) attached.dispose();
    this.#attached = [];
    this.#applied = undefined;
    this.#ended.fire();
  }

  #attach(applied: AppliedBento): void {
    if (this.#applied === applied) return;
    this.#applied = applied;
    const { clock, logFor } = this.#parts;
    this.#attached = [
      applied.onDidChange(() => this.#changed.fire()),
      new EngineLogs(applied, logFor, clock),
      applied,
    ];
    this.#changed.fire();
  }

  #noComponent(id: string): ServeError {
    const { name } = this.request.bento;
    return new ServeError({
      code: 'not-found',
      ...problemTexts(say('noComponent', { bento: name, id })),
    });
  }
}
