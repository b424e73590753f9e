import { isDeepStrictEqual } from 'node:util';
import type {
  AskOptions,
  BentoManager,
  BentoProfiles,
  BentoRemark,
  BentoWarning,
  ComponentDetails,
  ServeOptions,
} from '../bento-manager';
import type { DiscoveredBento } from '../discovery/discovered-bento';
import { displayNames } from '../discovery/display-names';
import type { ExportedSet } from '../export/exported-set';
import { Emitter, type Disposable, type Event } from '../events';
import { JoinedBursts } from '../joined-bursts';
import type { Bento } from '../model';
import { cancelled, isServeError, problemOf, ServeError } from '../problem';
import { BentoFactory } from './bento-factory';
import { idleComponents, isWatched, newRecord, type BentoRecord } from './bento-record';
import type { BentoSources } from './bento-sources';
import { bentoSnapshot, idleComponent } from './bento-snapshot';
import { remarkOn } from './remark';
import type { RegistryContext } from './registry-context';
import { ServeQuestions, type BentoSurroundings } from './serve-questions';
import type { RunningBento } from './running-bento';
import { settingsProblem } from './settings-problem';
import { startCommands } from './start-commands';
import { StartInProgress } from './start-in-progress';
import { untilAborted } from '../until-aborted';
import type { WarmHelpers } from './warm-helpers';

/** All bentos of the window, and what is done with them. */
export class BentoRegistry implements BentoManager, Disposable {
  readonly #context: RegistryContext;
  readonly #sources: BentoSources;
  readonly #questions: ServeQuestions;
  readonly #factory: BentoFactory;
  readonly #records = new Map<string, BentoRecord>();
  readonly #changed = new Emitter<string | undefined>();
  readonly #stopsAll = new Emitter<void>();
  readonly #waitingChanged = new Emitter<void>();
  readonly #subscriptions: readonly Disposable[];
  readonly #restarts: JoinedBursts<Bento>;
  #bentos: readonly Bento[] | undefined;
  #helpers: WarmHelpers | undefined;

  constructor(context: RegistryContext, sources: BentoSources) {
    this.#context = context;
    this.#sources = sources;
    this.#restarts = new JoinedBursts(context.clock);
    this.#questions = new ServeQuestions(context, sources);
    const helpers = (): Promise<WarmHelpers> => this.warmHelpers();
    this.#factory = new BentoFactory(context, sources, this.#questions, helpers);
    this.#subscriptions = [
      sources.onDidDiscover(() => this.#takeIn()),
      sources.onDidChangeInterpreter(() => this.#compare()),
      sources.onDidChangeFiles((paths) => this.#filesChanged(paths)),
    ];
    this.#takeIn();
  }

  readonly onDidChange: Event<string | undefined> = this.#changed.event;
  /** Everything is about to be stopped. */
  readonly onStopAll: Event<void> = this.#stopsAll.event;
  readonly onDidChangeWaiting: Event<void> = this.#waitingChanged.event;

  get bentos(): readonly Bento[] {
    this.#bentos ??= Object.freeze(
      [...this.#records.values()].map((record) => this.#snapshot(record)),
    );
    return this.#bentos;
  }

  bento(id: string): Bento | undefined {
    const record = this.#records.get(id);
    return record && this.#snapshot(record);
  }

  discovered(id: string): DiscoveredBento | undefined {
    return this.#records.get(id)?.bento;
  }

  remark(id: string): BentoRemark | undefined {
    const record = this.#records.get(id);
    if (record?.served === undefined) return undefined;
    return record.remark ?? (record.served.settingsFilesChanged ? 'changed' : undefined);
  }

  warnings(id: string): readonly BentoWarning[] {
    return this.#records.get(id)?.served?.warnings ?? [];
  }

  profiles(id: string): BentoProfiles {
    const bento = this.discovered(id);
    return bento === undefined ? { names: [] } : this.#sources.profiles(bento);
  }

  chooseProfile(id: string, name: string | undefined): void {
    const record = this.#get(id);
    const { names } = this.#sources.profiles(record.bento);
    if (name !== undefined && !names.includes(name))
      throw noProfile(record.bento.name, name, names);
    this.#sources.chooseProfile(record.bento, name);
    this.#touch(record);
    this.#compare();
  }

  details(id: string, component: string): ComponentDetails | undefined {
    const record = this.#records.get(id);
    const log = record?.logs.get(component);
    if (record === undefined || log === undefined) return undefined;
    const running = record.served?.components.find(
      (candidate) => candidate.component.planned.id === component,
    );
    const waitingFor = running?.supervisor.waitingFor;
    const stop = running?.supervisor.stopping;
    const command = running?.component.command;
    return {
      output: log.output,
      logFile: log.path,
      workersWanted: running?.component.workers.workersWanted ?? 0,
      workersAlive: running?.component.workers.workersAlive ?? 0,
      resources: running?.component.resources ?? [],
      recentErrors: running?.supervisor.recentErrors ?? 0,
      ...(command === undefined ? {} : { command }),
      ...(waitingFor === undefined ? {} : { waitingFor }),
      ...(stop === undefined ? {} : { stop }),
    };
  }

  async refresh(): Promise<readonly Bento[]> {
    await this.#sources.refresh();
    this.#takeIn();
    return this.bentos;
  }

  async serve(id: string, options: ServeOptions = {}): Promise<Bento> {
    if (options.profile !== undefined) this.chooseProfile(id, options.profile);
    return this.#serve(this.#get(id), options);
  }

  async startCommands(id: string, options: AskOptions = {}): Promise<ExportedSet> {
    return startCommands(this.#get(id), this.#context, this.#factory, options);
  }

  /** What BentoML's own commands are run with for a bento; whatever a serve would ask for that is asked. */
  async surroundings(id: string): Promise<BentoSurroundings> {
    const record = this.#get(id);
    const { signal } = new AbortController();
    const found = await this.#questions.surroundings(record.bento, {
      signal,
      onPhase: () => undefined,
    });
    record.interpreter = found.interpreter;
    return found;
  }

  async stop(id: string): Promise<void> {
    await this.#stopAsked(this.#get(id));
  }

  async stopAll(): Promise<void> {
    this.#stopsAll.fire();
    await Promise.all([...this.#records.values()].map((record) => this.#stopAsked(record)));
    // Who wants everything to end means the warm ones too.
    await this.#helpers?.endKept();
  }

  async restart(id: string, component?: string, options: ServeOptions = {}): Promise<Bento> {
    const record = this.#get(id);
    // A stop in between ends a burst, as do other settings.
    const burst = [id, component, record.stops.requested, this.#target(record)];
    const restarted = this.#restarts.run(
      JSON.stringify(burst),
      (cancel) =>
        component === undefined
          ? this.#restartAll(record)
          : this.#restartComponent(record, component, cancel),
      options.signal,
    );
    record.start?.join(options).catch(() => undefined);
    return restarted;
  }

  async serveComponent(id: string, component: string, options: ServeOptions = {}): Promise<Bento> {
    const record = this.#get(id);
    const { served, start } = record;
    if (served === undefined || served.stopping || start !== undefined) {
      return this.#serve(record, options, component);
    }
    await served.startComponent(component, options.signal ?? new AbortController().signal);
    return this.#snapshot(record);
  }

  async stopComponent(id: string, component: string): Promise<void> {
    const record = this.#get(id);
    const { served } = record;
    if (served === undefined) return;
    await served.stopComponent(component);
    // With nothing left to serve, the helper and the leases have no use.
    const idle = served.components.every(({ supervisor }) => supervisor.state === 'stopped');
    if (idle) await this.#stop(record);
  }

  get waitingHelpers(): number {
    return this.#helpers?.waiting ?? 0;
  }

  /** The helpers of the window. */
  async warmHelpers(): Promise<WarmHelpers> {
    const { WarmHelpers } = await this.#context.loadServing();
    const changed = (): void => this.#waitingChanged.fire();
    return (this.#helpers ??= new WarmHelpers(this.#context, changed));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
    this.#stopsAll.dispose();
    this.#waitingChanged.dispose();
  }

  async #restartComponent(
    record: BentoRecord,
    component: string,
    signal: AbortSignal,
  ): Promise<Bento> {
    const { served, start } = record;
    if (served === undefined || served.stopping) return this.#restartAll(record);
    const isKnown = served.components.some(
      ({ component: { planned } }) => planned.id === component,
    );
    // A start in progress makes all of them anew, unless it has started this one already.
    if (start !== undefined && !(isKnown && start.launched === served)) {
      return this.#restartAll(record);
    }
    try {
      await served.restartComponent(component, signal);
    } catch (error) {
      // A restart of the whole bento came in between, and restarts the component as well.
      if (signal.aborted || record.start === undefined || record.start === start) throw error;
      return record.start.done;
    }
    return this.#snapshot(record);
  }

  #restartAll(record: BentoRecord): Promise<Bento> {
    const { start } = record;
    // A start that is in progress makes everything anew already.
    const isSame = start?.signal.aborted === false && start.target === this.#target(record);
    return isSame
      ? start.done
      : this.#begin(record, (begun) => this.#restartNow(record, begun)).done;
  }

  /** Checks first, and stops what is served only when it can be started again. */
  async #restartNow(record: BentoRecord, start: StartInProgress): Promise<void> {
    const { served } = record;
    if (served === undefined || served.stopping) return this.#serveNow(record, start, undefined);
    const next = await this.#checked(record, served, start);
    start.throwIfCancelled();
    start.report('stopping what is served');
    await served.stop();
    start.throwIfCancelled();
    await this.#launch(record, start, () => Promise.resolve(next), undefined);
  }

  async #checked(
    record: BentoRecord,
    served: RunningBento,
    start: StartInProgress,
  ): Promise<RunningBento> {
    try {
      const next = await this.#make(record, start);
      await next.check(served, start.signal);
      return next;
    } catch (error) {
      start.throwIfCancelled();
      const problem = problemOf(error);
      if (problem.code === 'cancelled') throw error;
      const message = `${problem.message} ${record.displayName} was not restarted and keeps running.`;
      throw new ServeError({ ...problem, message }, { cause: error });
    }
  }

  /** A second request while the first one is in progress does not wait any longer. */
  async #stopAsked(record: BentoRecord): Promise<void> {
    const { stops } = record;
    stops.requested += 1;
    if (stops.running > 0) record.served?.force();
    stops.running += 1;
    try {
      await this.#stop(record);
    } finally {
      stops.running -= 1;
    }
  }

  #serve(record: BentoRecord, options: ServeOptions, only?: string): Promise<Bento> {
    const { start } = record;
    if (start === undefined && this.#isUp(record)) return Promise.resolve(this.#snapshot(record));
    // What is served goes on with what was chosen for it.
    const isServed = record.served !== undefined && !record.served.stopping;
    if (!isServed && start?.signal.aborted !== false) record.once = options.once ?? {};
    const joined =
      start?.signal.aborted === false
        ? start
        : this.#begin(record, (begun) => this.#serveNow(record, begun, only));
    return joined.join(options);
  }

  /** Nothing of it is left to start. */
  #isUp({ served }: BentoRecord): boolean {
    return (
      served !== undefined &&
      !served.stopping &&
      served.problem === undefined &&
      served.components.length > 0 &&
      served.components.every(({ supervisor }) => supervisor.state === 'ready')
    );
  }

  /** Begins a start, after the one in progress has ended: it was cancelled, or gives way. */
  #begin(record: BentoRecord, work: (start: StartInProgress) => Promise<void>): StartInProgress {
    const { log, clock } = this.#context;
    const before = record.start;
    const start = new StartInProgress(
      this.#target(record),
      clock.date(),
      (begun) => this.#run(record, begun, before, work),
      (phase) => {
        log.info(`${record.displayName}: ${phase}`);
        this.#touch(record);
      },
    );
    record.start = start;
    if (before?.signal.aborted === false) before.supersede(start);
    if (record.served === undefined) forgetProblem(record);
    this.#touch(record);
    return start;
  }

  async #run(
    record: BentoRecord,
    start: StartInProgress,
    before: StartInProgress | undefined,
    work: (start: StartInProgress) => Promise<void>,
  ): Promise<Bento> {
    try {
      await before?.ended;
      start.throwIfCancelled();
      await work(start);
    } finally {
      if (record.start === start) record.start = undefined;
      this.#touch(record);
      this.#forgetIfGone(record);
      // The settings may have changed since they were read for it.
      this.#compare();
    }
    return this.#snapshot(record);
  }

  async #serveNow(
    record: BentoRecord,
    start: StartInProgress,
    only: string | undefined,
  ): Promise<void> {
    if (record.served?.stopping === true) {
      start.report('waiting for the stop to finish');
      await record.served.stop();
      start.throwIfCancelled();
    }
    const { served } = record;
    if (served !== undefined) await this.#completeServing(served, start);
    else await this.#launch(record, start, () => this.#make(record, start), only);
  }

  /** It is served already: what is stopped or failed in it is started, what runs is left alone. */
  async #completeServing(served: RunningBento, start: StartInProgress): Promise<void> {
    start.report('starting stopped components');
    const starts = await Promise.allSettled(
      served.components.map(({ component }) =>
        served.startComponent(component.planned.id, start.signal),
      ),
    );
    start.throwIfCancelled();
    const failed = starts.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    await served.retryReload(start.signal);
  }

  async #launch(
    record: BentoRecord,
    start: StartInProgress,
    make: () => Promise<RunningBento>,
    only: string | undefined,
  ): Promise<void> {
    forgetProblem(record);
    this.#touch(record);
    try {
      const served = await make();
      record.served = served;
      record.interpreter = served.request.interpreter;
      record.remark = undefined;
      start.launched = served;
      served.onDidChange(() => this.#servedChanged(record, served));
      served.onDidEnd(() => this.#servedEnded(record, served));
      await served.start(start.signal, only);
    } catch (error) {
      const problem = start.signal.aborted ? cancelled().problem : problemOf(error);
      record.problem = problem.code === 'cancelled' ? undefined : problem;
      throw isServeError(error) ? error : new ServeError(problem, { cause: error });
    }
  }

  /** Asks and checks whatever has to be before anything is started. Questions do not hold a start that is cancelled. */
  #make(record: BentoRecord, start: StartInProgress): Promise<RunningBento> {
    const { signal } = start;
    const onPhase = (phase: string): void => start.report(phase);
    const made = isWatched(record.bento)
      ? this.#factory.watched(record, { onPhase })
      : this.#factory.served(record, { signal, onPhase });
    return untilAborted(signal, made);
  }

  /** What a start would start now. */
  #target({ bento }: BentoRecord): string {
    const { reference, workingDir, buildFile, addresses } = bento;
    const settings = this.#sources.settingsFor(bento);
    return JSON.stringify([reference, workingDir, buildFile, addresses, settings]);
  }

  #servedChanged(record: BentoRecord, served: RunningBento): void {
    if (record.served === served && served.components.length > 0) {
      record.idle = served.components.map(({ component: { planned }, supervisor }) =>
        idleComponent({ ...planned, remote: planned.remote !== undefined }, supervisor.problem),
      );
    }
    this.#touch(record);
  }

  #servedEnded(record: BentoRecord, served: RunningBento): void {
    if (record.served !== served) return;
    record.served = undefined;
    // A start that failed says why itself.
    if (record.start?.launched === served) return;
    record.problem = served.problem;
    this.#touch(record);
    this.#forgetIfGone(record);
  }

  /** What is not there any more was listed only while it was served. */
  #forgetIfGone({ bento, served, start }: BentoRecord): void {
    if (served !== undefined || start !== undefined) return;
    if (!this.#sources.discovered().some(({ id }) => id === bento.id)) this.#takeIn();
  }

  async #stop(record: BentoRecord): Promise<void> {
    record.once = {};
    record.start?.cancel();
    await Promise.all([record.served?.stop(), record.start?.ended]);
    // What the start had begun by then.
    await record.served?.stop();
    if (record.served === undefined && record.start === undefined) forgetProblem(record);
    this.#touch(record);
  }

  /** What was discovered anew, what changed, and what is gone and not served. */
  #takeIn(): void {
    const found = new Map(this.#sources.discovered().map((bento) => [bento.id, bento]));
    for (const [id, record] of this.#records) {
      if (found.has(id)) continue;
      if (record.served === undefined && record.start === undefined) this.#records.delete(id);
      else if (record.served?.stopping !== true && this.#isDoneWith(record))
        void this.#stop(record);
    }
    for (const [id, bento] of found) {
      const record = this.#records.get(id);
      if (record === undefined) this.#records.set(id, newRecord(bento));
      else {
        if (!isDeepStrictEqual(record.bento.components, bento.components)) {
          record.idle = idleComponents(bento);
        }
        record.bento = bento;
        record.snapshot = undefined;
        if (record.problem?.code === 'untrusted' && this.#isTrusted()) forgetProblem(record);
        this.#followReference(record);
      }
    }
    this.#updateDisplayNames();
    const folders = new Set([...this.#records.values()].map(({ bento }) => bento.folder));
    void this.#helpers?.endKeptOf((folder) => !folders.has(folder));
    this.#bentos = undefined;
    this.#changed.fire(undefined);
    this.#compare();
  }

  #updateDisplayNames(): void {
    const records = [...this.#records.values()];
    const names = displayNames(records.map(({ bento }) => bento));
    for (const record of records) {
      record.displayName = names.get(record.bento.id) ?? record.bento.name;
      record.snapshot = undefined;
    }
  }

  /** Who takes a folder out of the window is done with what it serves, as is who watches an address no longer. */
  #isDoneWith({ bento }: BentoRecord): boolean {
    return isWatched(bento) || !this.#sources.hasFolder(bento.folder);
  }

  /** Its build file names another service now, or another folder: that is no matter of new workers. */
  #followReference({ bento, served }: BentoRecord): void {
    if (served === undefined || !this.#sources.settingsFor(bento).reload) return;
    const { reference, workingDir, buildFile, entry } = served.request.bento;
    // An entry of the settings that names it now, or no longer, waits for a restart like any other setting.
    if (bento.entry !== entry) return;
    const same =
      bento.reference === reference &&
      bento.workingDir === workingDir &&
      bento.buildFile === buildFile;
    if (same) return;
    this.#restartUnasked(bento);
  }

  #restartUnasked({ id, name }: DiscoveredBento): void {
    this.restart(id).catch((error: unknown) =>
      this.#context.log.warn(`${name} was not served again: ${problemOf(error).message}`),
    );
  }

  #filesChanged(paths: readonly string[]): void {
    for (const { bento, served } of this.#records.values()) {
      if (served !== undefined && this.#sources.settingsFor(bento).reload) {
        served.filesChanged(paths);
      }
    }
  }

  /** What runs is not touched: people are told that a restart would make a difference. What is watched has nothing to lose. */
  #compare(): void {
    for (const record of this.#records.values()) {
      const { served } = record;
      if (served === undefined) continue;
      void remarkOn(served.request, this.#sources).then((remark) => {
        if (record.served !== served || record.remark === remark) return;
        if (remark === 'changed' && isWatched(record.bento)) {
          this.#restartUnasked(record.bento);
          return;
        }
        record.remark = remark;
        this.#touch(record);
      });
    }
  }

  #snapshot(record: BentoRecord): Bento {
    const { bento, displayName, served, interpreter, idle } = record;
    if (record.snapshot !== undefined) return record.snapshot;
    const profile = this.#sources.profiles(bento).chosen;
    const { problems } = this.#sources.folderSettings(bento.folder);
    record.snapshot = bentoSnapshot({
      bento,
      displayName,
      served,
      interpreter,
      idle,
      profile,
      progress: record.start?.progress,
      problem: record.problem,
      settingsProblem: settingsProblem(problems, { bento, profile, components: idle }),
    });
    return record.snapshot;
  }

  #isTrusted(): boolean {
    try {
      this.#context.assertTrusted();
      return true;
    } catch {
      return false;
    }
  }

  #touch(record: BentoRecord): void {
    record.snapshot = undefined;
    this.#bentos = undefined;
    this.#changed.fire(record.bento.id);
  }

  #get(id: string): BentoRecord {
    const record = this.#records.get(id);
    if (record === undefined) {
      throw new ServeError({
        code: 'not-found',
        message: `There is no bento ${id}: refresh the view, or choose another one.`,
      });
    }
    return record;
  }
}

function forgetProblem(record: BentoRecord): void {
  record.problem = undefined;
  record.idle = record.idle.map((component) => idleComponent(component));
}

function noProfile(bento: string, name: string, names: readonly string[]): ServeError {
  const there = names.length === 0 ? 'there are none' : `there are ${names.join(', ')}`;
  return new ServeError({
    code: 'settings',
    message: `${bento} has no profile ${name}; ${there}: choose another one, or add it to serveBento.profiles.`,
  });
}
