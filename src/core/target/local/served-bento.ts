import { componentTitle } from '../../component-title';
import { isDeepStrictEqual } from 'node:util';
import type { BentoWarning } from '../../bento-manager';
import { BentoDebugger, type DebugOptions } from '../../debug/bento-debugger';
import type { Clock } from '../../clock';
import { chosenWorkers } from '../../debug/chosen-workers';
import type { DebugChoice } from '../../debug/debug-choice';
import { debuggedPlan } from '../../debug/debugged-plan';
import type { DebuggedWorker } from '../../debug/debugged-worker';
import { dumpStacks, type WorkerStacks } from '../../profile/dump-stacks';
import { profileWorker, type ProfileRequest } from '../../profile/profile-worker';
import type { RunningWorker } from '../../profile/running-worker';
import { withDeadline } from '../../deadline';
import { Emitter, type Disposable, type Event } from '../../events';
import { exitMessage } from '../../programs/exit-status';
import type { ProcessHost } from './helper/process-host';
import type { Problem } from '../../model';
import { debugAgain } from '../debug-again';
import { notDebuggable } from '../../debug/not-debuggable';
import type { Plan, PlannedComponent } from '../../plan/plan';
import type { PortAllocator } from './ports/port-allocator';
import { cancelled, problemOf, ServeError } from '../../problem';
import { CertificateWatch } from '../../tls/certificate-watch';
import { socketsOf } from './prepare/assemble';
import { untilAborted } from '../../until-aborted';
import { launchOnFreePorts, stolenPort } from './prepare/launch-on-free-ports';
import { HelperUses } from './helper-uses';
import { logFailedStart } from './log-failed-start';
import { routeOutput } from './output-router';
import { Preparation } from './prepare/preparation';
import { baseRequest, prepare, type PreparedServe } from './prepare/prepared-serve';
import { CodeReloads } from './reload/code-reloads';
import { isSame, Reload } from './reload/reload';
import { restartComponent, type RestartParts } from './restart-component';
import { mendRunDirectory, socketsDirectory } from './run-directory';
import type { RunningBento } from '../running-bento';
import type { RunningComponent } from '../running-component';
import { ComponentView } from './running-component';
import { serveParts, type ServeParts } from './serve-parts';
import type { ServeContext, ServeRequest } from '../serve-request';
import { ServedComponents } from './served-components';
import { openTls } from './prepare/served-tls';
import type { ServeRuntime } from './serve-runtime';
import { SettingsFilesWatch } from '../../settings/settings-files';
import type { HelperPool } from './fork-server/helper-pool';
import { problemTexts, say, type Message } from '../../messages/message';

type Helpers = Pick<HelperPool, 'acquire' | 'release'>;

/** One bento being served: its helper, its leases, its plan and the supervisors of its components. */
export class ServedBento implements RunningBento {
  readonly #context: ServeContext;
  readonly #helpers: Helpers;
  readonly #prepareServe: typeof prepare;
  readonly #request: ServeRequest;
  readonly #changed = new Emitter<void>();
  readonly #cancel = new AbortController();
  readonly #components: ServedComponents;
  readonly #parts: ServeParts;
  readonly #ended = new Emitter<void>();
  #base: ServeRuntime | undefined;
  #debugger: BentoDebugger | undefined;
  /** The components that were debugged from their start. */
  #debug: DebugChoice | undefined;
  #output: Disposable | undefined;
  #allocator: PortAllocator | undefined;
  #plan: Plan | undefined;
  #problem: Problem | undefined;
  #reloads: CodeReloads | undefined;
  #certificates: CertificateWatch | undefined;
  #settingsFiles: SettingsFilesWatch | undefined;
  readonly #uses = new HelperUses();
  #stopping: Promise<void> | undefined;

  /** `prepareServe`: tests have another one. */
  constructor(
    context: ServeContext,
    helpers: Helpers,
    request: ServeRequest,
    prepareServe = prepare,
  ) {
    this.#context = context;
    this.#helpers = helpers;
    this.#request = request;
    this.#prepareServe = prepareServe;
    this.#parts = serveParts(context, request);
    this.#components = new ServedComponents(this.#parts, () => this.#debugger);
    this.#components.onDidChange(() => this.#changed.fire());
    // They may run what a reload could not, and what is left of it may succeed now.
    this.#components.onDidServeAnew(() => void this.#reloads?.retry());
  }

  readonly onDidChange: Event<void> = this.#changed.event;
  /** Fires once, when no process is left, whoever ended it. */
  readonly onDidEnd: Event<void> = this.#ended.event;

  get plan(): Plan | undefined {
    return this.#plan;
  }

  get components(): readonly RunningComponent[] {
    return this.#components.all.map((served) => new ComponentView(served));
  }

  /** Every component was ready at one time. */
  get wasReady(): boolean {
    return this.#components.wasReady;
  }

  /** The request that it was made for. */
  get request(): ServeRequest {
    return this.#request;
  }

  /** Whether time limits were raised because it is debugged from its start. */
  get hasRaisedLimits(): boolean {
    return this.#debug !== undefined;
  }

  get debugger(): BentoDebugger | undefined {
    return this.#debugger;
  }

  get stopping(): boolean {
    return this.#stopping !== undefined;
  }

  get problem(): Problem | undefined {
    return this.#problem ?? this.#reloads?.problem;
  }

  get warnings(): readonly BentoWarning[] {
    return this.#certificates?.warnings ?? [];
  }

  get settingsFilesChanged(): boolean {
    return this.#settingsFiles?.changed === true;
  }

  readonly followsCode = true;

  /** Handles files that were saved, created or deleted: components that use them soon serve the new code. */
  filesChanged(paths: readonly string[]): void {
    this.#reloads?.changed(paths);
  }

  /**
   * Starts all components, or the named one with its dependencies, and resolves when they are ready.
   * @throws ServeError after ending whatever was started.
   */
  async start(signal: AbortSignal, only?: string): Promise<void> {
    const cancel = AbortSignal.any([signal, this.#cancel.signal]);
    try {
      await this.#uses.run(this.#launch(cancel, only));
    } catch (error) {
      const failure = this.#failureOf(error, cancel);
      // A cancelled start does not mean that the plan is wrong.
      if (!cancel.aborted) {
        this.#problem = problemOf(failure);
        if (this.#plan !== undefined) this.#context.planCache.forget(this.#plan);
        logFailedStart(() => this.#request.logFor('http'), this.#problem);
      }
      await this.stop();
      throw failure instanceof ServeError
        ? failure
        : new ServeError(problemOf(failure), { cause: failure });
    }
  }

  async #launch(cancel: AbortSignal, only: string | undefined): Promise<void> {
    const prepared = await this.#prepare(cancel);
    try {
      await this.#launchPlan(prepared, cancel, only);
    } catch (error) {
      const other = await this.#otherPlan(prepared, cancel);
      if (other === undefined) throw error;
      await this.#takeDown(prepared);
      await this.#launchPlan(other, cancel, only);
    }
    this.#components.started();
    this.#remember();
    this.#reloads?.begin();
    this.#settingsFiles = new SettingsFilesWatch(
      this.#request.settingsFiles,
      this.#context.clock,
      () => this.#changed.fire(),
    );
    this.#changed.fire();
  }

  async #launchPlan(
    prepared: PreparedServe,
    cancel: AbortSignal,
    only: string | undefined,
  ): Promise<void> {
    this.#plan = prepared.plan;
    // A built bento does not change.
    if (this.#request.bento.source !== 'store') this.#reloads = this.#codeReloads(prepared);
    await launchOnFreePorts({
      cancel,
      log: this.#context.log,
      reserve: () => this.#assemble(prepared, this.#request.debug?.(), cancel),
      launch: () => this.#components.launch(only, cancel, this.#request.onPhase),
      stolen: () => stolenPort(this.#components.all, prepared.preparation.allocator),
      takeDown: () => this.#takeDown(prepared),
    });
  }

  /**
   * Returns a new plan if a plan from an earlier window could not be launched and differs from the new one.
   * @throws ServeError if BentoML cannot make a plan now
   */
  async #otherPlan(
    prepared: PreparedServe,
    cancel: AbortSignal,
  ): Promise<PreparedServe | undefined> {
    const { plan: stored, preparation } = prepared;
    if (cancel.aborted || !this.#context.planCache.isUnverified(stored)) return undefined;
    this.#context.log.info(
      `${this.#request.bento.name}: the plan from an earlier window could not be launched`,
    );
    const plan = await preparation.replan(stored, cancel, 'serve');
    if (isSame(stored, plan)) return undefined;
    this.#reloads?.dispose();
    return { ...prepared, plan };
  }

  /** Remembers that the bento was served, so that the next window can warm it up. */
  #remember(): void {
    const { bento, interpreter, settings } = this.#request;
    const { path: python, shim: command = python } = interpreter;
    this.#context.servedBefore.add(bento.id, { command, python, preload: settings.preload });
  }

  async check(running: RunningBento, signal: AbortSignal): Promise<void> {
    if (!(running instanceof ServedBento) || running.#base === undefined) return;
    const preparation = new Preparation({ ...this.#parts, base: running.#base, tls: new Map() });
    const sameBase = isDeepStrictEqual(baseRequest(this.#parts), baseRequest(running.#parts));
    await preparation.check(sameBase, running.#allocator?.ports ?? [], signal);
  }

  #failureOf(error: unknown, cancel: AbortSignal): unknown {
    const aborted = this.#whyAborted(cancel);
    if (aborted !== undefined) return aborted;
    const { firstCrash } = this.#components;
    const isCrash = error instanceof ServeError && error.problem.component !== undefined;
    return isCrash && error.code !== 'start-timeout' && firstCrash !== undefined
      ? new ServeError(firstCrash)
      : error;
  }

  /** Starts components of a bento that is served already. */
  async startComponent(id: string, signal: AbortSignal): Promise<void> {
    const cancel = AbortSignal.any([signal, this.#cancel.signal]);
    try {
      await this.#mend();
      // A component that runs but is unhealthy has no start deadline of its own.
      await this.#withinStartTimeout([cancel], (until) => this.#components.launch(id, until));
    } catch (error) {
      throw this.#whyAborted(cancel) ?? error;
    }
  }

  /** Resolves when it is ready again, and with it those that depend on it and were ready before. */
  async restartComponent(id: string, signal: AbortSignal): Promise<void> {
    const cancel = AbortSignal.any([signal, this.#cancel.signal]);
    try {
      await this.#restartComponent(id, cancel);
    } catch (error) {
      throw this.#whyAborted(cancel) ?? error;
    }
  }

  /** Why work with this signal has ended; nothing while it goes on. */
  #whyAborted(cancel: AbortSignal): ServeError | undefined {
    // A helper that ends by itself ends the work with it.
    if (this.#problem !== undefined) return new ServeError(this.#problem);
    return cancel.aborted ? cancelled() : undefined;
  }

  async #restartComponent(id: string, cancel: AbortSignal): Promise<void> {
    await this.#mend();
    cancel.throwIfAborted();
    const certificates = this.#certificates;
    const withinStartTimeout: RestartParts['withinStartTimeout'] = (work) =>
      this.#withinStartTimeout([cancel], work);
    const parts = { components: this.#components, certificates, withinStartTimeout };
    await restartComponent(parts, id, cancel);
    await this.#retryUnlessPaused(cancel);
  }

  /** Tries again to serve saved code. Stops waiting for that when a worker pauses in the debugger. */
  async #retryUnlessPaused(cancel: AbortSignal): Promise<void> {
    const over = new AbortController();
    const signal = AbortSignal.any([cancel, over.signal]);
    const paused = this.#debugger?.untilPaused(signal);
    try {
      await Promise.race([this.#reloads?.retry(), ...(paused === undefined ? [] : [paused])]);
    } finally {
      over.abort();
    }
  }

  #withinStartTimeout<T>(
    cancels: readonly AbortSignal[],
    work: (until: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { startTimeout } = this.#request.settings;
    const isHeld = (): boolean => this.#debugger?.isDebugging() === true;
    return withDeadline(this.#context.clock, startTimeout * 1000, cancels, work, isHeld);
  }

  async attachDebugger(
    id: string | undefined,
    options: DebugOptions,
    worker?: number,
  ): Promise<readonly DebuggedWorker[]> {
    const own = this.#debugger;
    if (own === undefined) return [];
    const wanted = this.#debuggable(
      this.#components.all.map(({ component }) => component.planned),
      id === undefined ? undefined : [this.#components.get(id).component.planned.id],
    );
    // The folder in which the debug adapters listen may have been removed.
    await this.#uses.run(this.#mend());
    if (this.#cancel.signal.aborted) throw cancelled();
    const running = wanted.flatMap((one) => this.workers(one));
    const workers = chosenWorkers(running, worker);
    const idle = wanted.filter((one) => !running.some(({ component }) => component === one));
    for (const one of idle) own.enable(one, options);
    const attached = await this.#uses.run(
      Promise.allSettled(workers.map((one) => own.attach(one, one.pid, options))),
    );
    const failed = attached.find((one) => one.status === 'rejected');
    const done = attached.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    // Each failure has been reported already. The others stay attached.
    if (failed !== undefined && done.length === 0) throw failed.reason;
    return done;
  }

  notDebuggable(id: string): Message | undefined {
    return this.#notDebuggable(this.#components.get(id).component.planned);
  }

  workers(id: string | undefined): readonly RunningWorker[] {
    const wanted = id === undefined ? this.#components.all : [this.#components.get(id)];
    return wanted.flatMap(({ component: { planned, workers } }) =>
      workers.processes.flatMap(({ process, pid, workers: others }) => {
        const identity = { component: planned.id, componentName: componentTitle(planned), process };
        return (others.length === 0 ? [pid] : others).map((one) => ({ ...identity, pid: one }));
      }),
    );
  }

  async profile(worker: RunningWorker, request: ProfileRequest): Promise<void> {
    const own = { ...this.#inspection, stopped: this.#cancel.signal };
    await this.#uses.run(profileWorker(own, worker, request));
  }

  async dumpStacks(
    workers: readonly RunningWorker[],
    signal: AbortSignal,
  ): Promise<readonly WorkerStacks[]> {
    const until = AbortSignal.any([signal, this.#cancel.signal]);
    return this.#uses.run(dumpStacks(this.#inspection, workers, until));
  }

  get #inspection(): { readonly host: ProcessHost; readonly clock: Clock } {
    if (this.#base === undefined) throw cancelled();
    return { host: this.#base.helper, clock: this.#context.clock };
  }

  async retryReload(signal: AbortSignal): Promise<void> {
    await untilAborted(signal, this.#reloads?.retry() ?? Promise.resolve());
    if (this.problem !== undefined) throw new ServeError(this.problem);
  }

  async stopComponent(id: string): Promise<void> {
    await this.#components.get(id).supervisor.stop();
  }

  /** Dependents first; resolves when no process is left. */
  async stop(): Promise<void> {
    this.#cancel.abort();
    if (this.#stopping === undefined) {
      this.#stopping = this.#stop();
      this.#changed.fire();
    }
    await this.#stopping;
  }

  /** Processes never outlive their window. */
  leave(): Promise<void> {
    return this.stop();
  }

  /** Kills the components that are being stopped. */
  force(): void {
    this.#components.force();
  }

  /** Prepares everything that does not depend on the ports. */
  async #prepare(cancel: AbortSignal): Promise<PreparedServe> {
    const base = await this.#helpers.acquire(baseRequest(this.#parts), cancel);
    this.#base = base;
    this.#watch(base.helper);
    cancel.throwIfAborted();
    const tls = await openTls(this.#request.tls, base.helper);
    const { clock } = this.#context;
    this.#certificates = new CertificateWatch(tls, clock, () => this.#changed.fire());
    const debug = this.#makeDebugger(base);
    this.#debugger = debug;
    debug.onDidChange(() => {
      this.#components.pauseChanged();
      this.#changed.fire();
    });
    const parts = { ...this.#parts, base, tls, debugging: debug };
    const prepared = await this.#prepareServe(parts, cancel);
    this.#allocator = prepared.preparation.allocator;
    return prepared;
  }

  #makeDebugger({ helper, directory }: ServeRuntime): BentoDebugger {
    const { clock, log, scripts } = this.#context;
    const { interpreter, env } = this.#request;
    const sockets = socketsDirectory(directory);
    return new BentoDebugger({
      ...{ host: helper, python: interpreter.path, scripts, sockets, env, clock, log },
    });
  }

  /** @param debug the components that are debugged from their start */
  async #assemble(
    { preparation, plan }: PreparedServe,
    debug: DebugChoice | undefined,
    cancel: AbortSignal,
  ): Promise<void> {
    this.#debug = debug;
    const components = await preparation.assemble(this.#debugged(plan), cancel);
    for (const component of components) this.#components.add(component);
    this.#changed.fire();
  }

  /** The plan as it is run: the one that is debugged from its start is another one. @throws ServeError `debugger` */
  #debugged(plan: Plan): Plan {
    const { env } = this.#request;
    const all = plan.components.map(({ id }) => id);
    this.#debugger?.forgetAllBut(all);
    const named = this.#debug?.components?.filter((id) => all.includes(id));
    // The debugged components may have been removed from the code.
    if (named?.length === 0) this.#debug = undefined;
    const debug = this.#debug;
    if (debug === undefined) return plan;
    const ids = this.#debuggable(plan.components, named);
    for (const id of ids) this.#debugger?.enable(id, debug);
    return debuggedPlan(plan, debug.workers === 'all' ? [] : ids, env);
  }

  #notDebuggable(component: PlannedComponent): Message | undefined {
    const { platform } = this.#context;
    return notDebuggable(component, { launcher: this.#parts.launcher, platform });
  }

  /** The ids of the named components, or of all that can be debugged. @throws ServeError `debugger` why there are none */
  #debuggable(
    components: readonly PlannedComponent[],
    named: readonly string[] | undefined,
  ): readonly string[] {
    const wanted = components.filter(({ id }) => named?.includes(id) !== false);
    const able = wanted.filter((one) => this.#notDebuggable(one) === undefined);
    const refused = wanted.find((one) => !able.includes(one));
    if (able.length > 0 && (named === undefined || refused === undefined)) {
      return able.map(({ id }) => id);
    }
    const bento = this.#request.bento.name;
    const why = refused && this.#notDebuggable(refused);
    const message = why ?? say('nothingToDebug', { bento });
    throw new ServeError({
      ...{ code: 'debugger', ...problemTexts(message) },
      ...(refused && { component: refused.id, subject: refused.name }),
    });
  }

  /**
   * Serves another plan on the ports that are held. Once it has begun, only a stop cancels it: what is saved meanwhile
   * is served after it.
   */
  async #replace(prepared: PreparedServe, save: AbortSignal): Promise<void> {
    if (save.aborted) throw cancelled();
    const cancel = this.#cancel.signal;
    const { base, preparation, plan } = prepared;
    const { allocator } = preparation;
    this.#context.log.info(`${this.#request.bento.name}: it has other components now`);
    // Ports that the commands bind themselves are not held.
    const held = this.#parts.launcher === 'workers' ? leasesOf(plan) : [];
    const debug = debugAgain(this.#debug, this);
    await this.#components.handOver();
    await this.#components.clear(base.helper, allocator);
    await allocator.releaseAllBut(held);
    this.#plan = plan;
    try {
      await this.#assemble(prepared, debug, cancel);
      await this.#components.launch(undefined, cancel);
    } catch (error) {
      if (this.#stopping === undefined) this.#problem = problemOf(error);
      void this.stop();
      throw error;
    }
  }

  /** Nothing can be started where its files are gone. @throws ServeError */
  async #mend(): Promise<void> {
    if (this.#base === undefined) return;
    const addresses = this.#components.all.map(({ component }) => component.address);
    await mendRunDirectory(this.#base.directory, socketsOf(addresses));
  }

  #codeReloads(prepared: PreparedServe): CodeReloads {
    const { clock, log } = this.#context;
    const reload = new Reload({
      request: this.#request,
      components: this.#components,
      preparation: prepared.preparation,
      log,
      plan: () => this.#plan ?? prepared.plan,
      confirm: (plan) => (this.#plan = plan),
      isUnverified: this.#context.planCache.isUnverified(prepared.plan),
      replace: (plan, save) => this.#replace({ ...prepared, plan }, save),
    });
    return new CodeReloads({
      ...{ clock, reload, stopped: this.#cancel.signal },
      use: (work) => this.#uses.run(work),
      untilContinued: async (signal) => this.#debugger?.untilContinued(signal),
      mend: () => this.#mend(),
      states: () => this.#components.all.map(({ supervisor }) => supervisor.state),
      onChange: () => this.#changed.fire(),
    });
  }

  /** Everything but the helper and the plan, for another try. */
  async #takeDown({ base, preparation }: PreparedServe): Promise<void> {
    await this.#components.stop();
    await preparation.allocator.releaseAllBut();
    await this.#components.clear(base.helper, preparation.allocator);
  }

  #watch(helper: ProcessHost): void {
    this.#output = routeOutput(helper, (component) =>
      this.#components.has(component) ? this.#request.logFor(component) : undefined,
    );
    void helper.ended.then((status) => {
      if (this.#stopping !== undefined) return;
      this.#problem = {
        code: 'crashed',
        actions: ['serveAgain'],
        ...problemTexts(say('helperEnded', { how: exitMessage(status) })),
      };
      void this.stop();
    });
  }

  async #stop(): Promise<void> {
    this.#reloads?.dispose();
    // Components that wait for a paused one could not end. The helper is released only after its adapters have ended.
    if (this.#debugger !== undefined) void this.#uses.run(this.#debugger.detach());
    try {
      await this.#components.stop();
      // A start or a reload may be in the middle of something; it ends now, and what it has made ends with it.
      await this.#uses.end(this.#context.clock, () => this.#base?.helper);
      await this.#components.stop();
    } finally {
      this.#reloads?.dispose();
      this.#certificates?.dispose();
      this.#settingsFiles?.dispose();
      if (this.#base !== undefined) await this.#helpers.release(this.#base);
      this.#output?.dispose();
      this.#components.dispose();
      this.#ended.fire();
    }
  }
}

/** The uses of its ports. */
const leasesOf = ({ components }: Plan): readonly string[] =>
  components.flatMap(({ id }) => [id, `${id} metrics`]);
