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
import { JoinedWork } from '../joined-work';
import type { Bento, Problem } from '../model';
import { cancelled, isServeError, problemOf, ServeError } from '../problem';
import { BentoFactory } from './bento-factory';
import { idleComponents, isWatched, newRecord, type BentoRecord } from './bento-record';
import type { BentoSources } from './bento-sources';
import { bentoSnapshot, idleComponent } from './bento-snapshot';
import { remarkOn } from './remark';
import type { RegistryContext } from './registry-context';
import { ServeQuestions, type BentoSurroundings } from './serve-questions';
import type { RunningBento } from './running-bento';
import { startCommands } from './start-commands';
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
  readonly #restarts = new JoinedWork<Bento>();
  #bentos: readonly Bento[] | undefined;
  #helpers: WarmHelpers | undefined;

  constructor(context: RegistryContext, sources: BentoSources) {
    this.#context = context;
    this.#sources = sources;
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
    return record?.served === undefined ? undefined : record.remark;
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
    const command = running?.component.command;
    return {
      output: log.output,
      logFile: log.path,
      workersWanted: running?.component.workers.workersWanted ?? 0,
      workersAlive: running?.component.workers.workersAlive ?? 0,
      resources: running?.component.resources ?? [],
      ...(command === undefined ? {} : { command }),
      ...(waitingFor === undefined ? {} : { waitingFor }),
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
    options.signal?.addEventListener('abort', () => record.cancelServing?.abort(), { once: true });
    // Asked for again and again, it is restarted once.
    return this.#restarts.run(`${id}\n${component ?? ''}`, () =>
      component !== undefined && record.served !== undefined && !record.served.stopping
        ? this.#restartComponent(record, record.served, component, options)
        : this.#restartAll(record, options),
    );
  }

  async serveComponent(id: string, component: string, options: ServeOptions = {}): Promise<Bento> {
    const record = this.#get(id);
    if (record.served === undefined || record.served.stopping || record.serving !== undefined) {
      return this.#serve(record, options, component);
    }
    await record.served.startComponent(component, options.signal ?? new AbortController().signal);
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
    served: RunningBento,
    component: string,
    { signal = new AbortController().signal }: ServeOptions,
  ): Promise<Bento> {
    await served.restartComponent(component, signal);
    return this.#snapshot(record);
  }

  async #restartAll(record: BentoRecord, options: ServeOptions): Promise<Bento> {
    const { stops } = record;
    await this.#stop(record);
    // Who asks for a stop meanwhile does not want it served again.
    if (record.stops !== stops) throw cancelled();
    return this.#serve(record, options);
  }

  #stopAsked(record: BentoRecord): Promise<void> {
    record.stops += 1;
    return this.#stop(record);
  }

  #serve(record: BentoRecord, options: ServeOptions, only?: string): Promise<Bento> {
    const { onPhase } = options;
    if (onPhase !== undefined) record.phases.add(onPhase);
    record.serving ??= this.#serveNow(record, only).finally(() => {
      record.serving = undefined;
      record.cancelServing = undefined;
      record.phases.clear();
      this.#touch(record);
      this.#forgetIfGone(record);
    });
    // Whoever joins may cancel: "Cancel" is said to a bento, not to a call.
    options.signal?.addEventListener('abort', () => record.cancelServing?.abort(), { once: true });
    if (options.signal?.aborted === true) record.cancelServing?.abort();
    return record.serving;
  }

  async #serveNow(record: BentoRecord, only: string | undefined): Promise<Bento> {
    const cancel = new AbortController();
    record.cancelServing = cancel;
    if (record.served !== undefined) {
      if (!record.served.stopping) {
        await this.#completeServing(record, record.served, cancel.signal);
        return this.#snapshot(record);
      }
      await record.served.stop();
    }
    record.problem = undefined;
    record.idle = record.idle.map((component) => idleComponent(component));
    this.#touch(record);
    try {
      await this.#startNow(record, cancel.signal, only);
    } catch (error) {
      const problem = problemOf(error);
      record.problem = problem.code === 'cancelled' ? undefined : problem;
      throw isServeError(error) ? error : new ServeError(problem, { cause: error });
    }
    return this.#snapshot(record);
  }

  /** It is served already: what is stopped or failed in it is started, what runs is left alone. */
  async #completeServing(
    record: BentoRecord,
    served: RunningBento,
    signal: AbortSignal,
  ): Promise<void> {
    this.#touch(record);
    await Promise.all(
      served.components.map(({ component }) => served.startComponent(component.planned.id, signal)),
    );
  }

  async #startNow(
    record: BentoRecord,
    signal: AbortSignal,
    only: string | undefined,
  ): Promise<void> {
    const { bento } = record;
    const onPhase = (phase: string): void => {
      this.#context.log.info(`${record.displayName}: ${phase}`);
      for (const listener of record.phases) listener(phase);
    };
    const served = isWatched(bento)
      ? await this.#factory.watched(record)
      : await this.#factory.served(record, { signal, onPhase });
    record.served = served;
    record.remark = undefined;
    served.onDidChange(() => this.#servedChanged(record, served));
    served.onDidEnd(() => this.#servedEnded(record, served));
    await served.start(signal, only);
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
    // Of a start that failed, its caller knows more.
    if (record.serving === undefined) record.problem = served.problem;
    this.#touch(record);
    this.#forgetIfGone(record);
  }

  /** What is not there any more was listed only while it was served. */
  #forgetIfGone({ bento, served, serving }: BentoRecord): void {
    if (served !== undefined || serving !== undefined) return;
    if (!this.#sources.discovered().some(({ id }) => id === bento.id)) this.#takeIn();
  }

  /** The first time graceful; while that is under way, at once. */
  async #stop(record: BentoRecord): Promise<void> {
    const { served, serving, cancelServing } = record;
    if (served?.stopping === true) served.force();
    cancelServing?.abort();
    // Without one there may still be an interpreter check, which ends by the abort.
    if (serving === undefined) await served?.stop();
    else await serving.catch(() => undefined);
    if (record.served === undefined && record.serving === undefined) {
      record.problem = undefined;
      record.idle = record.idle.map((component) => idleComponent(component));
    }
    this.#touch(record);
  }

  /** What was discovered anew, what changed, and what is gone and not served. */
  #takeIn(): void {
    const found = new Map(this.#sources.discovered().map((bento) => [bento.id, bento]));
    for (const [id, record] of this.#records) {
      if (found.has(id)) continue;
      if (record.served === undefined && record.serving === undefined) this.#records.delete(id);
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
    const { reference, workingDir, buildFile } = served.request.bento;
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
    record.snapshot ??= bentoSnapshot({
      bento,
      displayName,
      served,
      interpreter,
      idle,
      profile: this.#sources.profiles(bento).chosen,
      preparing: record.serving !== undefined && (served?.components.length ?? 0) === 0,
      problem: record.problem,
      settingsProblem: this.#settingsProblem(bento),
    });
    return record.snapshot;
  }

  #settingsProblem(bento: DiscoveredBento): Problem | undefined {
    const { problems } = this.#sources.folderSettings(bento.folder);
    const own = problems.filter(({ entry }) => entry === undefined || entry === bento.entry);
    const [first] = own;
    if (first === undefined) return undefined;
    return {
      code: 'settings',
      message: first.message,
      detail: own.map(({ message }) => message).join('\n'),
    };
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

function noProfile(bento: string, name: string, names: readonly string[]): ServeError {
  const there = names.length === 0 ? 'there are none' : `there are ${names.join(', ')}`;
  return new ServeError({
    code: 'settings',
    message: `${bento} has no profile ${name}; ${there}: choose another one, or add it to serveBento.profiles.`,
  });
}
