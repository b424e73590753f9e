import { noComponent } from '../target/no-component';
import type {
  AskOptions,
  BentoCommander,
  BentoProfiles,
  BentoReader,
  BentoWarning,
  ComponentDetails,
  ConfigDrift,
  ServeOptions,
} from '../bento-manager';
import type { DebugOptions } from '../debug/bento-debugger';
import type { DebuggedWorker } from '../debug/debugged-worker';
import type { Debugger } from '../debug/debugger';
import type { DiscoveredBento } from '../discovery/discovered-bento';
import { Emitter, type Disposable, type Event } from '../events';
import type { ExportedSet } from '../export/exported-set';
import type { Bento, BentoEngine } from '../model';
import { ServeError } from '../problem';
import type { WorkerStacks } from '../profile/dump-stacks';
import type { Inspection } from '../profile/inspection-problem';
import type { ProfileRequest } from '../profile/profile-worker';
import type { RunningWorker } from '../profile/running-worker';
import { Adoption } from './adoption';
import { BentoFactory } from './bento-factory';
import type { BentoSources } from './bento-sources';
import { ServedSources } from './served-sources';
import { componentDetails } from './component-details';
import { DiscoveryReconciler } from './discovery-reconciler';
import { DriftMonitor } from './drift-monitor';
import { inspectedWorkers } from './inspected-workers';
import { LeftoverDeployments } from './leftover-deployments';
import type { RegistryContext } from './registry-context';
import type { LaunchContext } from './launch-context';
import { ServePrerequisites } from './serve-prerequisites';
import { ServeSession } from './serve-session';
import { containerPlan } from './container-plan';
import type { RunningBento } from '../target/running-bento';
import type { EngineActions } from '../target/engine/engine-actions';
import { notOnEngine } from '../target/engine/not-on-engine';
import type { Comparison, TerminalProgram } from '../target/target';
import type { TargetKind } from '../target-kinds';
import type { TargetChoice } from '../target/target-choice';
import { isWatched } from './bento-record';
import { startCommands } from './start-commands';
import type { ContainerPlan, ImageChoice } from '../target/containers/container-plan';
import type { HelperPool } from '../target/local/fork-server/helper-pool';
import { problemTexts, say } from '../messages/message';

/** All bentos are being stopped. The stop is complete only when the promises passed to `waitUntil` have settled, too. */
export interface StopAllEvent {
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/** All bentos of the window: finds the session of a bento and passes requests on to it. */
export class BentoRegistry implements BentoReader, BentoCommander, Disposable {
  readonly #context: RegistryContext;
  readonly #sources: BentoSources;
  readonly #questions: ServePrerequisites;
  readonly #factory: BentoFactory;
  readonly #reconciler: DiscoveryReconciler;
  readonly #drift: DriftMonitor;
  readonly #adoption: Adoption;
  readonly #left: LeftoverDeployments;
  readonly #served: ServedSources;
  readonly #changed = new Emitter<string | undefined>();
  readonly #stopsAll = new Emitter<StopAllEvent>();
  /** Plans that are being made without a serve, and what cancels each. */
  readonly #planning = new Map<AbortController, Promise<unknown>>();
  readonly #waitingChanged = new Emitter<void>();
  readonly #subscriptions: readonly Disposable[];
  #bentos: readonly Bento[] | undefined;
  #helpers: HelperPool | undefined;
  /** Whether the window is closing: bentos on engines are left where they are. */
  #isLeaving = false;

  constructor(context: RegistryContext, sources: BentoSources) {
    this.#context = context;
    this.#sources = sources;
    this.#questions = new ServePrerequisites(context, sources, () => this.helperPool());
    this.#factory = new BentoFactory(context, sources, this.#questions, () => this.helperPool());
    this.#drift = new DriftMonitor(sources, context.clock);
    this.#adoption = new Adoption({
      ...{ clock: context.clock, log: context.log },
      ...{ sources, factory: this.#factory },
      isListed: (session) => this.#reconciler.get(session.record.bento.id) === session,
    });
    this.#left = new LeftoverDeployments({
      ...{ clock: context.clock, sources, factory: this.#factory },
      tell: context.engines.tell,
    });
    this.#served = new ServedSources(sources);
    this.#reconciler = new DiscoveryReconciler({
      sources,
      newSession: (bento) => this.#newSession(bento),
      isTrusted: () => this.#isTrusted(),
    });
    this.#subscriptions = [
      sources.onDidDiscover(() => this.#reconcile()),
      sources.onDidChangeInterpreter(() => this.#checkDrift()),
      sources.onDidChangeFiles((paths) => this.#filesChanged(paths)),
    ];
    this.#reconcile();
  }

  readonly onDidChange: Event<string | undefined> = this.#changed.event;
  /** Fires before everything is stopped. */
  readonly onStopAll: Event<StopAllEvent> = this.#stopsAll.event;
  readonly onDidChangeWaiting: Event<void> = this.#waitingChanged.event;

  get bentos(): readonly Bento[] {
    this.#bentos ??= Object.freeze(this.#reconciler.sessions.map(({ bento }) => bento));
    return this.#bentos;
  }

  bento(id: string): Bento | undefined {
    return this.#reconciler.get(id)?.bento;
  }

  discovered(id: string): DiscoveredBento | undefined {
    return this.#reconciler.get(id)?.record.bento;
  }

  drift(id: string): ConfigDrift | undefined {
    const { served, drift } = this.#reconciler.get(id)?.record ?? {};
    if (served === undefined) return undefined;
    return drift ?? (served.settingsFilesChanged ? 'settings' : undefined);
  }

  warnings(id: string): readonly BentoWarning[] {
    const session = this.#reconciler.get(id);
    if (session?.record.served === undefined) return [];
    const left = this.#left.of(session);
    return [
      ...session.record.served.warnings,
      ...(left === undefined ? [] : [{ kind: 'leftoverDeployment', ...left } as const]),
    ];
  }

  profiles(id: string): BentoProfiles {
    const bento = this.discovered(id);
    return bento === undefined ? { names: [] } : this.#sources.profiles(bento);
  }

  chooseProfile(id: string, name: string | undefined): void {
    const session = this.#get(id);
    const { bento } = session.record;
    const { names } = this.#sources.profiles(bento);
    if (name !== undefined && !names.includes(name)) throw noProfile(bento.name, name, names);
    this.#sources.chooseProfile(bento, name);
    session.invalidate();
    this.#checkDrift();
  }

  target(id: string): TargetKind {
    const bento = this.discovered(id);
    return bento === undefined || isWatched(bento)
      ? 'local'
      : this.#sources.settingsFor(bento).target;
  }

  chooseTarget(id: string, kind: TargetKind): void {
    const session = this.#get(id);
    const { bento } = session.record;
    // Choosing a target again is the way to another cluster or image. Until then, what runs there is found.
    const before = this.#sources.targetChoice(bento);
    // It may run where it would have been served before, although that does not answer.
    const engine =
      session.record.unknown && engineOf(this.#sources.settingsFor(bento).target, before);
    if (engine !== undefined) this.#sources.usedEngines.add(id, engine);
    this.#sources.chooseTarget(bento, { ...before, kind, asksAgain: true });
    session.setUnknown(undefined);
    session.invalidate();
    this.#checkDrift();
  }

  shell(id: string, worker: string): TerminalProgram {
    const { bento, served } = this.#get(id).record;
    const program = served?.shell?.(worker);
    if (program !== undefined) return program;
    throw noComponent(bento.name, worker);
  }

  onEngine(id: string): EngineActions {
    const { bento, served } = this.#get(id).record;
    if (served?.actions !== undefined) return served.actions;
    throw notOnEngine(bento.name);
  }

  compare(id: string, options: AskOptions = {}): Promise<Comparison> {
    return this.#whilePlanning(options, (asked) =>
      this.#factory.compared(this.#get(id).record, asked),
    );
  }

  details(id: string, component: string): ComponentDetails | undefined {
    const session = this.#reconciler.get(id);
    return session && componentDetails(session.record, component);
  }

  async refresh(): Promise<readonly Bento[]> {
    await this.#sources.refresh();
    this.#adoption.reset();
    this.#reconcile();
    return this.bentos;
  }

  /** Finds bentos that other windows have served with Docker Compose while this one did not have the focus. */
  async onFocus(): Promise<void> {
    if (this.#isTrusted()) await this.#adoption.onFocus(this.#reconciler.sessions);
  }

  async serve(id: string, options: ServeOptions = {}): Promise<Bento> {
    if (options.profile !== undefined) this.chooseProfile(id, options.profile);
    return this.#get(id).serve(options);
  }

  startCommands(id: string, options: AskOptions = {}): Promise<ExportedSet> {
    return this.#whilePlanning(options, (asked) =>
      startCommands(this.#get(id), this.#context, this.#factory, asked),
    );
  }

  containerPlan(id: string, image: ImageChoice, options: AskOptions = {}): Promise<ContainerPlan> {
    return this.#whilePlanning(options, (asked) =>
      containerPlan(this.#get(id), this.#context, this.#factory, { image, options: asked }),
    );
  }

  /** Runs work that is cancelled when the registry is disposed. */
  async #whilePlanning<T>(
    options: AskOptions,
    work: (options: AskOptions) => Promise<T>,
  ): Promise<T> {
    const cancel = new AbortController();
    const signal = AbortSignal.any([cancel.signal, ...[options.signal ?? []].flat()]);
    const planning = work({ ...options, signal });
    this.#planning.set(cancel, planning);
    try {
      return await planning;
    } finally {
      this.#planning.delete(cancel);
    }
  }

  /** Returns the context in which BentoML's own commands run for a bento. Asks the same questions as a serve. */
  async surroundings(id: string): Promise<LaunchContext> {
    const session = this.#get(id);
    const { signal } = new AbortController();
    const asked = { signal, onPhase: () => undefined };
    const found = await this.#questions.surroundings(session.record.bento, asked);
    session.setInterpreter(found.interpreter);
    return found;
  }

  async stop(id: string): Promise<void> {
    await this.#get(id).stop();
  }

  async stopAll(): Promise<void> {
    await this.#endAll((session) => session.stop());
  }

  async leave(): Promise<void> {
    this.#isLeaving = true;
    try {
      await this.#endAll((session) => session.leave());
    } finally {
      this.#isLeaving = false;
    }
  }

  async #endAll(end: (session: ServeSession) => Promise<void>): Promise<void> {
    const others: Promise<unknown>[] = [...this.#planning.values()];
    for (const cancel of this.#planning.keys()) cancel.abort();
    this.#stopsAll.fire({ waitUntil: (work) => others.push(work) });
    const ended = await Promise.allSettled(this.#reconciler.sessions.map(end));
    await Promise.allSettled(others);
    // Helpers that wait for the next serve end, too.
    await this.#helpers?.endIdle();
    // If an engine refuses, the other bentos are stopped nevertheless.
    const failed = ended.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  async restart(id: string, component?: string, options: ServeOptions = {}): Promise<Bento> {
    return this.#get(id).restart(component, options);
  }

  async serveComponent(id: string, component: string, options: ServeOptions = {}): Promise<Bento> {
    return this.#get(id).serveComponent(component, options);
  }

  async stopComponent(id: string, component: string): Promise<void> {
    await this.#get(id).stopComponent(component);
  }

  /** Returns the debugger of a served bento. */
  debugger(id: string): Debugger | undefined {
    return this.#get(id).record.served?.debugger;
  }

  /** Returns the facts that a debugger needs about a served bento. Undefined until its components are known. */
  debugged(id: string): Pick<RunningBento, 'hasRaisedLimits' | 'request'> | undefined {
    const { served } = this.#get(id).record;
    return served === undefined || served.components.length === 0 ? undefined : served;
  }

  /** See `RunningBento.attachDebugger`. @throws ServeError also when it is not served. */
  async attachDebugger(
    id: string,
    component: string | undefined,
    options: DebugOptions,
    worker?: number,
  ): Promise<readonly DebuggedWorker[]> {
    const { bento, served } = this.#get(id).record;
    if (served === undefined) {
      const message = say('notServedForDebugger', { bento: bento.name });
      throw new ServeError({ code: 'debugger', ...problemTexts(message) });
    }
    return served.attachDebugger(component, options, worker);
  }

  /** See `inspectedWorkers`. */
  workers(
    id: string,
    component: string | undefined,
    purpose: Inspection,
  ): readonly RunningWorker[] {
    return inspectedWorkers(this.#get(id).record, component, purpose, this.#context.platform);
  }

  /** See `profileWorker`. */
  async profile(id: string, worker: RunningWorker, request: ProfileRequest): Promise<void> {
    await this.#get(id).record.served?.profile(worker, request);
  }

  /** See `dumpStacks`. */
  async dumpStacks(
    id: string,
    workers: readonly RunningWorker[],
    signal: AbortSignal,
  ): Promise<readonly WorkerStacks[]> {
    return (await this.#get(id).record.served?.dumpStacks(workers, signal)) ?? [];
  }

  /** Its workers go on, and neither they nor those that come after them are debugged. */
  async detachDebugger(id: string): Promise<void> {
    await this.#get(id).detachDebugger();
  }

  get waitingHelpers(): number {
    return this.#helpers?.waiting ?? 0;
  }

  /** The helpers of the window. */
  async helperPool(): Promise<HelperPool> {
    const { HelperPool } = await this.#context.loadServing();
    const changed = (): void => this.#waitingChanged.fire();
    return (this.#helpers ??= new HelperPool(this.#context, changed));
  }

  dispose(): void {
    this.#adoption.dispose();
    this.#left.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
    this.#stopsAll.dispose();
    this.#waitingChanged.dispose();
    void this.#helpers?.close();
  }

  #newSession(bento: DiscoveredBento): ServeSession {
    const parts = {
      context: this.#context,
      sources: this.#sources,
      factory: this.#factory,
      onChange: (session: ServeSession) => this.#sessionChanged(session),
      onStartEnd: (session: ServeSession, wasCancelled: boolean) =>
        this.#startEnded(session, wasCancelled),
      onIdle: (session: ServeSession) => this.#idle(session),
    };
    return new ServeSession(parts, bento);
  }

  #startEnded(session: ServeSession, wasCancelled: boolean): void {
    const { bento, start } = session.record;
    // A target is remembered when the user has answered what it asks. A start that follows has a choice of its own.
    if (start === undefined && this.#sources.settleTarget(bento, !wasCancelled)) {
      session.invalidate();
    }
    // The settings may have changed since they were read for this bento.
    this.#checkDrift();
    if (session.isIdle) this.#lookFor(session);
    else void this.#left.look(session);
  }

  /** Looks for the bento on its engines: after a failed start, the containers or pods of an earlier serve may still run. */
  #lookFor(session: ServeSession): void {
    void this.#left.look(session);
    if (!this.#isTrusted()) return;
    this.#adoption.reset(session);
    void this.#adoption.run([session]);
  }

  #sessionChanged({ record }: ServeSession): void {
    this.#bentos = undefined;
    this.#served.follow(this.#reconciler.sessions.map((session) => session.record));
    this.#changed.fire(record.bento.id);
  }

  #idle(session: ServeSession): void {
    const { id } = session.record.bento;
    const mayRunElsewhere = this.#sources.usedEngines.of(id).length > 0;
    if (mayRunElsewhere && !this.#isLeaving) this.#lookFor(session);
    // A bento that is gone is listed only while it is served.
    if (!this.#sources.discovered().some((bento) => bento.id === id)) this.#reconcile();
  }

  #reconcile(): void {
    this.#reconciler.reconcile();
    const folders = new Set(this.#reconciler.sessions.map(({ record }) => record.bento.folder));
    void this.#helpers?.endIdleOf((folder) => !folders.has(folder));
    this.#bentos = undefined;
    this.#changed.fire(undefined);
    this.#checkDrift();
    if (this.#isTrusted()) void this.#adoption.run(this.#reconciler.sessions);
  }

  #checkDrift(): void {
    this.#drift.check(this.#reconciler.sessions);
  }

  #filesChanged(paths: readonly string[]): void {
    for (const { record } of this.#reconciler.sessions) {
      const { bento, served } = record;
      if (served !== undefined && this.#sources.settingsFor(bento).reload) {
        served.filesChanged(paths);
      }
    }
  }

  #isTrusted(): boolean {
    try {
      this.#context.assertTrusted();
      return true;
    } catch {
      return false;
    }
  }

  #get(id: string): ServeSession {
    const session = this.#reconciler.get(id);
    if (session !== undefined) return session;
    throw new ServeError({
      code: 'not-found',
      ...problemTexts(say('noBento', { id })),
    });
  }
}

/** The engine of a target, as far as it is chosen. */
function engineOf(kind: TargetKind, { cluster }: TargetChoice): BentoEngine | undefined {
  if (kind === 'compose') return { kind };
  return kind === 'kubernetes' && cluster !== undefined ? { kind, ...cluster } : undefined;
}

function noProfile(bento: string, name: string, names: readonly string[]): ServeError {
  const message =
    names.length === 0
      ? say('noProfileOfNone', { bento, name })
      : say('noProfile', { bento, name, names: names.join(', ') });
  return new ServeError({
    code: 'settings',
    setting: 'serveBento.profiles',
    ...problemTexts(message),
  });
}
