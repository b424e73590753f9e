import { isDeepStrictEqual } from 'node:util';
import type { ConfigDrift, OneTimeChoices, ServeOptions } from '../bento-manager';
import type { DiscoveredBento } from '../discovery/discovered-bento';
import { JoinedBursts } from '../joined-bursts';
import type { Bento } from '../model';
import type { DebugChoice } from '../debug/debug-choice';
import { cancelled, extended, problemOf, ServeError } from '../problem';
import type { Interpreter } from '../interpreter/interpreter';
import { untilAborted } from '../until-aborted';
import { debugAgain } from '../target/debug-again';
import type { BentoFactory } from './bento-factory';
import { idleComponents, isWatched, newRecord, type BentoRecord } from './bento-record';
import { snapshotOf } from './bento-snapshot';
import type { BentoSources } from './bento-sources';
import { idleComponent } from './idle-component';
import type { RegistryContext } from './registry-context';
import type { RunningBento } from '../target/running-bento';
import { StartInProgress } from './start-in-progress';
import { isFullyReady, startRest } from './start-rest';
import { messageIn, say, textOf, type Message } from '../messages/message';

export interface SessionParts {
  readonly context: Pick<RegistryContext, 'clock' | 'log'>;
  readonly sources: BentoSources;
  readonly factory: BentoFactory;
  /** Its snapshot is another one now. */
  readonly onChange: (session: ServeSession) => void;
  /** A start has ended, successful or not. */
  readonly onStartEnd: (session: ServeSession, wasCancelled: boolean) => void;
  /** It is neither served nor being started any more. */
  readonly onIdle: (session: ServeSession) => void;
}

/** Serves, stops and restarts one bento. The only writer of its record. */
export class ServeSession {
  readonly #parts: SessionParts;
  readonly #record: BentoRecord;
  readonly #restarts: JoinedBursts<Bento>;
  #stopsRequested = 0;
  #stopsRunning = 0;
  #snapshot: Bento | undefined;

  constructor(parts: SessionParts, bento: DiscoveredBento) {
    this.#parts = parts;
    this.#record = newRecord(bento);
    this.#restarts = new JoinedBursts(parts.context.clock);
  }

  get record(): Readonly<BentoRecord> {
    return this.#record;
  }

  get bento(): Bento {
    return (this.#snapshot ??= snapshotOf(this.#record, this.#parts.sources));
  }

  /** It is neither served nor being started. */
  get isIdle(): boolean {
    return this.#record.served === undefined && this.#record.start === undefined;
  }

  /** Serves all of it, or `only` that component and what it depends on. Joins a start in progress. */
  serve(options: ServeOptions, only?: string): Promise<Bento> {
    const record = this.#record;
    const { start, served } = record;
    if (start === undefined && served !== undefined && isFullyReady(served)) {
      return Promise.resolve(this.bento);
    }
    // What is served goes on with what was chosen for it.
    const isServed = served !== undefined && !served.stopping;
    if (!isServed && start?.signal.aborted !== false) record.once = options.once ?? {};
    const joined =
      start?.signal.aborted === false ? start : this.#begin((begun) => this.#serveNow(begun, only));
    return joined.join(options);
  }

  /** Restarts one component, or all of them without a name. A burst of requests is one restart. */
  async restart(component: string | undefined, options: ServeOptions): Promise<Bento> {
    // A stop in between ends a burst, as do other settings.
    const burst = JSON.stringify([component, this.#stopsRequested, this.#target()]);
    const restarted = this.#restarts.run(
      burst,
      (cancel) =>
        component === undefined ? this.#restartAll() : this.#restartComponent(component, cancel),
      options.signal,
    );
    this.#record.start?.join(options).catch(() => undefined);
    return restarted;
  }

  /** Resolves when no process of it is left. A second request while the first one runs ends it by force. */
  async stop(): Promise<void> {
    this.#stopsRequested += 1;
    if (this.#stopsRunning > 0) this.#record.served?.force();
    this.#stopsRunning += 1;
    try {
      await this.#stop();
    } finally {
      this.#stopsRunning -= 1;
    }
  }

  async serveComponent(component: string, options: ServeOptions): Promise<Bento> {
    const { served, start } = this.#record;
    if (served === undefined || served.stopping || start !== undefined) {
      return this.serve(options, component);
    }
    await served.startComponent(component, options.signal ?? new AbortController().signal);
    return this.bento;
  }

  /** Also what a restart starts is not debugged. */
  async detachDebugger(): Promise<void> {
    const record = this.#record;
    record.once = withDebugging(record.once, undefined);
    await record.served?.debugger?.detach();
  }

  async stopComponent(component: string): Promise<void> {
    const { served } = this.#record;
    if (served === undefined) return;
    await served.stopComponent(component);
    // With nothing left to serve, the helper and the leases have no use.
    const idle = served.components.every(({ snapshot }) => snapshot.state === 'stopped');
    if (idle) await this.#stop();
  }

  /** Restarts it without a request of the user; a failure is only logged. */
  restartUnasked(): void {
    const { log } = this.#parts.context;
    const { name } = this.#record.bento;
    this.restart(undefined, {}).catch((error: unknown) =>
      log.warn(`${name} was not served again: ${problemOf(error).message}`),
    );
  }

  /** Takes over a bento that already runs on an engine, unless a serve has begun meanwhile. */
  adopt(running: RunningBento): void {
    if (!this.isIdle) {
      void running.leave();
      return;
    }
    this.#forgetProblem();
    this.#follow(running);
    this.#mayRunOn(running.engine);
    this.#servedChanged(running);
  }

  /** Stops local processes. A bento on an engine keeps running. */
  async leave(): Promise<void> {
    const { served, start } = this.#record;
    if (served?.engine === undefined) {
      await this.stop();
      return;
    }
    start?.cancel();
    await Promise.all([served.leave(), start?.ended]);
  }

  /** Stops it because it was removed from the window. A stop in progress is not hurried. */
  release(): void {
    this.leave().catch((error: unknown) =>
      this.#parts.context.log.warn(`${this.#record.bento.name}: ${problemOf(error).message}`),
    );
  }

  /** Takes over what discovery has found. */
  update(bento: DiscoveredBento, isTrusted: boolean): void {
    const record = this.#record;
    if (!isDeepStrictEqual(record.bento.components, bento.components)) {
      record.idle = idleComponents(bento);
    }
    record.bento = bento;
    this.#snapshot = undefined;
    if (record.problem?.code === 'untrusted' && isTrusted) this.#forgetProblem();
    this.#followReference();
  }

  rename(displayName: string): void {
    this.#record.displayName = displayName;
    this.#snapshot = undefined;
  }

  setDrift(drift: ConfigDrift | undefined): void {
    this.#record.drift = drift;
    this.invalidate();
  }

  /** Its engine does not answer, so that nobody knows whether it runs there. */
  setUnknown(unknown: BentoRecord['unknown']): void {
    if (this.#record.unknown === unknown) return;
    this.#record.unknown = unknown;
    this.invalidate();
  }

  setInterpreter(interpreter: Interpreter): void {
    this.#record.interpreter = interpreter;
  }

  /** Something that its snapshot shows has changed. */
  invalidate(): void {
    this.#snapshot = undefined;
    this.#parts.onChange(this);
  }

  /** What a start would start now. */
  #target(): string {
    const { bento } = this.#record;
    const { reference, workingDir, buildFile, addresses } = bento;
    const settings = this.#parts.sources.settingsFor(bento);
    return JSON.stringify([reference, workingDir, buildFile, addresses, settings]);
  }

  /** The build file names another service or folder now, which new workers cannot serve. */
  #followReference(): void {
    const { bento, served } = this.#record;
    if (served === undefined || !this.#parts.sources.settingsFor(bento).reload) return;
    if (!served.followsCode) return;
    const { reference, workingDir, buildFile, entry } = served.request.bento;
    // An entry of the settings that names it now, or no longer, waits for a restart like any other setting.
    if (bento.entry !== entry) return;
    const same =
      bento.reference === reference &&
      bento.workingDir === workingDir &&
      bento.buildFile === buildFile;
    if (!same) this.restartUnasked();
  }

  async #restartComponent(component: string, signal: AbortSignal): Promise<Bento> {
    const record = this.#record;
    const { served, start } = record;
    if (served === undefined || served.stopping) return this.#restartAll();
    const isKnown = served.components.some(({ id }) => id === component);
    // A start in progress makes all of them anew, unless it has started this one already.
    if (start !== undefined && !(isKnown && start.launched === served)) return this.#restartAll();
    try {
      await served.restartComponent(component, signal);
    } catch (error) {
      // A restart of the whole bento came in between, and restarts the component as well.
      if (signal.aborted || record.start === undefined || record.start === start) throw error;
      return record.start.done;
    }
    return this.bento;
  }

  #restartAll(): Promise<Bento> {
    const { start } = this.#record;
    // A start in progress with the same settings makes everything anew already.
    const isSame = start?.signal.aborted === false && start.target === this.#target();
    return isSame ? start.done : this.#begin((begun) => this.#restartNow(begun)).done;
  }

  /** Begins a start when the one in progress has ended, which was cancelled or is superseded. */
  #begin(work: (start: StartInProgress) => Promise<void>): StartInProgress {
    const record = this.#record;
    const { log, clock } = this.#parts.context;
    const before = record.start;
    const start = new StartInProgress(
      this.#target(),
      clock.date(),
      (begun) => this.#run(begun, before, work),
      (phase) => {
        log.info(`${record.displayName}: ${textOf(phase)}`);
        this.invalidate();
      },
    );
    record.start = start;
    if (before?.signal.aborted === false) before.supersede(start);
    if (record.served === undefined) this.#forgetProblem();
    this.invalidate();
    return start;
  }

  async #run(
    start: StartInProgress,
    before: StartInProgress | undefined,
    work: (start: StartInProgress) => Promise<void>,
  ): Promise<Bento> {
    let wasCancelled = false;
    try {
      await before?.ended;
      start.throwIfCancelled();
      await work(start);
    } catch (error) {
      wasCancelled = start.signal.aborted || problemOf(error).code === 'cancelled';
      throw error;
    } finally {
      if (this.#record.start === start) this.#record.start = undefined;
      this.invalidate();
      if (this.isIdle) this.#parts.onIdle(this);
      this.#parts.onStartEnd(this, wasCancelled);
    }
    return this.bento;
  }

  async #serveNow(start: StartInProgress, only: string | undefined): Promise<void> {
    const record = this.#record;
    if (record.served?.stopping === true) {
      start.report(say('waitingForStop'));
      await this.#stopServed(record.served);
      start.throwIfCancelled();
    }
    const { served } = record;
    if (served !== undefined) await startRest(served, start);
    else await this.#launch(start, () => this.#make(start), only);
  }

  /** Checks first, and stops what is served only when it can be started again. */
  async #restartNow(start: StartInProgress): Promise<void> {
    const { served } = this.#record;
    if (served === undefined || served.stopping) return this.#serveNow(start, undefined);
    const next = await this.#checked(served, start);
    start.throwIfCancelled();
    start.report(say('stoppingServed'));
    this.#record.once = withDebugging(
      this.#record.once,
      debugAgain(this.#record.once.debug, served),
    );
    await this.#stopServed(served);
    start.throwIfCancelled();
    await this.#launch(start, () => Promise.resolve(next), undefined);
  }

  async #checked(served: RunningBento, start: StartInProgress): Promise<RunningBento> {
    try {
      const next = await this.#make(start);
      await next.check(served, start.signal);
      return next;
    } catch (error) {
      start.throwIfCancelled();
      const problem = problemOf(error);
      if (problem.code === 'cancelled') throw error;
      const { displayName } = this.#record;
      const message = say('notRestarted', { problem: messageIn(problem), bento: displayName });
      throw new ServeError(extended(problem, message), { cause: error });
    }
  }

  async #launch(
    start: StartInProgress,
    make: () => Promise<RunningBento>,
    only: string | undefined,
  ): Promise<void> {
    const record = this.#record;
    this.#forgetProblem();
    this.invalidate();
    try {
      const served = await make();
      start.launched = served;
      this.#follow(served);
      await served.start(start.signal, only);
      this.#mayRunOn(served.engine);
    } catch (error) {
      const problem = start.signal.aborted ? cancelled().problem : problemOf(error);
      record.problem = problem.code === 'cancelled' ? undefined : problem;
      // Another start may have superseded it.
      if (record.start === start) record.once = withDebugging(record.once, undefined);
      throw error instanceof ServeError ? error : new ServeError(problem, { cause: error });
    }
  }

  /** Asks and checks whatever has to be before anything is started. A cancelled start does not wait for answers. */
  #make(start: StartInProgress): Promise<RunningBento> {
    const { factory } = this.#parts;
    const { signal } = start;
    const onPhase = (phase: Message): void => start.report(phase);
    const made = isWatched(this.#record.bento)
      ? factory.watched(this.#record, { onPhase })
      : factory.served(this.#record, { signal, onPhase }, () => this.restart(undefined, {}));
    return untilAborted(signal, made);
  }

  #follow(served: RunningBento): void {
    const record = this.#record;
    record.served = served;
    record.interpreter = served.request.interpreter;
    record.drift = undefined;
    served.onDidChange(() => this.#servedChanged(served));
    served.onDidEnd(() => this.#servedEnded(served));
  }

  #servedChanged(served: RunningBento): void {
    if (this.#record.served === served && served.components.length > 0) {
      this.#record.idle = served.components.map(({ snapshot }) =>
        idleComponent(snapshot, snapshot.problem),
      );
    }
    this.invalidate();
  }

  #servedEnded(served: RunningBento): void {
    const record = this.#record;
    if (record.served !== served) return;
    record.served = undefined;
    // A start that failed says why itself.
    if (record.start?.launched === served) return;
    record.problem = served.problem;
    // Its debug sessions have ended with it. A start in progress has a choice of its own.
    if (record.start === undefined) record.once = withDebugging(record.once, undefined);
    this.invalidate();
    if (this.isIdle) this.#parts.onIdle(this);
  }

  async #stop(): Promise<void> {
    const record = this.#record;
    record.once = {};
    record.start?.cancel();
    await Promise.all([record.served && this.#stopServed(record.served), record.start?.ended]);
    // What the start had begun by then.
    if (record.served !== undefined) await this.#stopServed(record.served);
    if (this.isIdle) this.#forgetProblem();
    this.invalidate();
  }

  async #stopServed(served: RunningBento): Promise<void> {
    await served.stop();
    const { engine } = served;
    if (engine !== undefined) {
      this.#parts.sources.usedEngines.remove(this.#record.bento.id, engine);
    }
  }

  #mayRunOn(engine: RunningBento['engine']): void {
    if (engine !== undefined) this.#parts.sources.usedEngines.add(this.#record.bento.id, engine);
  }

  #forgetProblem(): void {
    this.#record.problem = undefined;
    this.#record.unknown = undefined;
    this.#record.idle = this.#record.idle.map((component) => idleComponent(component));
  }
}

const withDebugging = (
  { debug: _, ...once }: OneTimeChoices,
  debug: DebugChoice | undefined,
): OneTimeChoices => ({ ...once, ...(debug && { debug }) });
