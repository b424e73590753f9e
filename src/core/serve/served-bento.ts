import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { CauseContext } from '../causes/explanation';
import type { BentoWarning } from '../bento-manager';
import { userFiles } from '../causes/user-files';
import { workspaceModules } from '../causes/workspace-modules';
import { bentomlHome } from '../discovery/store';
import { withDeadline } from '../deadline';
import { Emitter, type Disposable, type Event } from '../events';
import { describeExit } from '../launch/exit-status';
import type { ProcessHost } from '../launch/process-host';
import type { ComponentLog } from '../logs/component-log';
import type { Problem } from '../model';
import type { Plan } from '../plan/plan';
import type { PortLessor, StolenPort } from '../ports/port-lessor';
import { cancelled, isServeError, problemOf, ServeError } from '../problem';
import { CertificateWatch } from '../tls/certificate-watch';
import { socketsOf } from './assemble';
import { untilAborted } from '../until-aborted';
import { launcherFor, type Launcher } from './launcher';
import { Preparation } from './preparation';
import { Reload } from './reload/reload';
import type { ReportedChanges } from './reload/outdated-files';
import { ReloadOnSave, type ReloadOutcome } from './reload/reload-on-save';
import { mendRunDirectory } from './run-directory';
import type { RunningBento } from './running-bento';
import type { ServeContext, ServeRequest } from './serve-request';
import {
  ServedComponents,
  settled,
  type ServedComponent,
  type ServedComponentsParts,
} from './served-components';
import { servedTls, type ServedTls } from './served-tls';
import type { BaseRequest, ServingBase } from './serving-base';
import { SettingsFilesWatch } from './settings-files';
import { forkServerRequest } from './fork-server-request';
import type { WarmHelpers } from './warm-helpers';

interface Prepared {
  readonly base: ServingBase;
  readonly preparation: Preparation;
  readonly plan: Plan;
}

/** As often a start is tried on other ports. */
const portTries = 3;

/** One bento being served: its helper, its leases, its plan and the supervisors of its components. */
export class ServedBento implements RunningBento {
  readonly #context: ServeContext;
  readonly #helpers: WarmHelpers;
  readonly #request: ServeRequest;
  readonly #changed = new Emitter<void>();
  readonly #cancel = new AbortController();
  readonly #causes: CauseContext;
  readonly #components: ServedComponents;
  readonly #launcher: Launcher;
  readonly #own: ServedComponentsParts;
  readonly #ended = new Emitter<void>();
  #base: ServingBase | undefined;
  #output: Disposable | undefined;
  #lessor: PortLessor | undefined;
  #plan: Plan | undefined;
  #problem: Problem | undefined;
  /** Why code that was saved is not served. */
  #reloadProblem: Problem | undefined;
  #saves: ReloadOnSave | undefined;
  #certificates: CertificateWatch | undefined;
  #settingsFiles: SettingsFilesWatch | undefined;
  #stopping: Promise<void> | undefined;

  constructor(context: ServeContext, helpers: WarmHelpers, request: ServeRequest) {
    this.#context = context;
    this.#helpers = helpers;
    this.#request = request;
    const { bento, settings, interpreter, env } = request;
    const home = bentomlHome(env);
    const store = path.join(home, 'bentos');
    this.#causes = {
      python: interpreter.path,
      reference: bento.reference,
      home,
      workingDir: bento.workingDir,
      env,
      files: userFiles([bento.workingDir, bento.folder, store]),
      workspaceModule: workspaceModules(bento.workingDir, bento.folder, context.clock),
    };
    this.#launcher = launcherFor(settings.launcher, context.platform);
    this.#own = { context, request, launcher: this.#launcher, causes: this.#causes };
    this.#components = new ServedComponents(this.#own);
    this.#components.onDidChange(() => this.#changed.fire());
    // They may run what a reload could not, and what is left of it may succeed now.
    this.#components.onDidServeAnew(() => void this.#saves?.retry());
  }

  readonly onDidChange: Event<void> = this.#changed.event;
  /** Fires once, when no process is left, whoever ended it. */
  readonly onDidEnd: Event<void> = this.#ended.event;

  get plan(): Plan | undefined {
    return this.#plan;
  }

  get components(): readonly ServedComponent[] {
    return this.#components.all;
  }

  /** Every component was ready at one time. */
  get wasReady(): boolean {
    return this.#components.wasReady;
  }

  /** What it was asked to serve, and with what. */
  get request(): ServeRequest {
    return this.#request;
  }

  get stopping(): boolean {
    return this.#stopping !== undefined;
  }

  get problem(): Problem | undefined {
    return this.#problem ?? this.#shownReloadProblem;
  }

  get warnings(): readonly BentoWarning[] {
    return this.#certificates?.warnings ?? [];
  }

  get settingsFilesChanged(): boolean {
    return this.#settingsFiles?.changed === true;
  }

  /** These were saved, came, or went: what uses them serves the new code soon. */
  filesChanged(paths: readonly string[]): void {
    this.#saves?.changed(paths);
  }

  /**
   * Starts the components, all or the named ones with what they depend on, and resolves when they are ready.
   * @throws ServeError after ending whatever was started.
   */
  async start(signal: AbortSignal, only?: string): Promise<void> {
    const cancel = AbortSignal.any([signal, this.#cancel.signal]);
    try {
      const prepared = await this.#prepare(cancel);
      // What is built does not change.
      if (this.#request.bento.source !== 'store') this.#saves = this.#reloadOnSave(prepared);
      for (let attempt = 1; ; attempt++) {
        await this.#assemble(prepared, cancel);
        try {
          await this.#components.launch(only, cancel, this.#request.onPhase);
          break;
        } catch (error) {
          if (cancel.aborted) throw error;
          const stolen = await this.#stolenPort(prepared.preparation.lessor);
          if (stolen === undefined) throw error;
          if (!stolen.automatic || attempt >= portTries) throw new ServeError(stolen.problem);
          this.#context.log.warn(`${stolen.problem.message} Trying another one.`);
          await this.#takeDown(prepared);
        }
      }
      this.#components.started();
      this.#saves?.begin();
      this.#settingsFiles = new SettingsFilesWatch(
        this.#request.settingsFiles,
        this.#context.clock,
        () => this.#changed.fire(),
      );
      this.#changed.fire();
    } catch (error) {
      const failure = this.#failureOf(error, cancel);
      // What was cancelled says nothing against the plan.
      if (!cancel.aborted) {
        this.#problem = problemOf(failure);
        if (this.#plan !== undefined) this.#context.keptPlans.forget(this.#plan);
      }
      await this.stop();
      throw isServeError(failure)
        ? failure
        : new ServeError(problemOf(failure), { cause: failure });
    }
  }

  async check(running: RunningBento, signal: AbortSignal): Promise<void> {
    if (!(running instanceof ServedBento) || running.#base === undefined) return;
    const preparation = new Preparation({ ...this.#own, base: running.#base, tls: new Map() });
    const sameBase = isDeepStrictEqual(this.#baseRequest(), running.#baseRequest());
    await preparation.check(sameBase, running.#lessor?.ports ?? [], signal);
  }

  /** What it would run, without running any of it. @throws ServeError why that is not known. */
  async ask(signal: AbortSignal): Promise<Plan> {
    const cancel = AbortSignal.any([signal, this.#cancel.signal]);
    try {
      return (await this.#prepare(cancel)).plan;
    } catch (error) {
      throw cancel.aborted ? cancelled() : error;
    } finally {
      await this.stop();
    }
  }

  #failureOf(error: unknown, cancel: AbortSignal): unknown {
    // A helper that ends by itself ends the start with it.
    if (this.#problem !== undefined) return new ServeError(this.#problem);
    if (cancel.aborted) return cancelled();
    const { firstCrash } = this.#components;
    const isCrash = isServeError(error) && error.problem.component !== undefined;
    return isCrash && error.code !== 'start-timeout' && firstCrash !== undefined
      ? new ServeError(firstCrash)
      : error;
  }

  /** Starts components of a bento that is served already. */
  async startComponent(id: string, signal: AbortSignal): Promise<void> {
    await this.#mend();
    try {
      // What runs and is unhealthy has no start deadline of its own.
      await this.#withinStartTimeout([signal, this.#cancel.signal], (until) =>
        this.#components.launch(id, until),
      );
    } catch (error) {
      throw signal.aborted ? cancelled() : error;
    }
  }

  /** Resolves when it is ready again, and with it those that depend on it and were ready before. */
  async restartComponent(id: string, signal: AbortSignal): Promise<void> {
    const cancel = AbortSignal.any([signal, this.#cancel.signal]);
    await this.#mend();
    if (this.#components.canRenew(id)) {
      const { oldEnded } = await this.#components.renew([id], cancel);
      await this.#certificates?.restarted(id);
      await oldEnded;
      await this.#saves?.retry();
      return;
    }
    const { supervisor } = this.#components.get(id);
    const affected = this.components.filter(
      ({ component, supervisor: { state } }) =>
        component.planned.dependsOn.includes(id) && state === 'ready',
    );
    supervisor.restart();
    await settled(supervisor, cancel);
    await this.#certificates?.restarted(id);
    // What does not recover says so on its own row: the restart itself has succeeded.
    await this.#withinStartTimeout([cancel], (until) =>
      Promise.allSettled(affected.map((one) => settled(one.supervisor, until))),
    );
    if (cancel.aborted) throw cancelled();
    await this.#saves?.retry();
  }

  #withinStartTimeout<T>(
    cancels: readonly AbortSignal[],
    work: (until: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { startTimeout } = this.#request.settings;
    return withDeadline(this.#context.clock, startTimeout * 1000, cancels, work);
  }

  async retryReload(signal: AbortSignal): Promise<void> {
    await untilAborted(signal, this.#saves?.retry() ?? Promise.resolve());
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

  /** Ends at once what is being stopped. */
  force(): void {
    this.#components.force();
  }

  /** What stays the same whatever ports it gets. */
  async #prepare(cancel: AbortSignal): Promise<Prepared> {
    const base = await this.#helpers.take(this.#baseRequest(), cancel);
    this.#base = base;
    this.#watch(base.helper);
    cancel.throwIfAborted();
    const tls = await this.#openTls(base.helper);
    const preparation = new Preparation({ ...this.#own, base, tls });
    this.#lessor = preparation.lessor;
    this.#plan = await preparation.plan(cancel);
    return { base, preparation, plan: this.#plan };
  }

  #baseRequest(): BaseRequest {
    const { bento, settings, interpreter, env } = this.#request;
    const { platform } = this.#context;
    const own = { bento, settings, interpreter, platform, launcher: this.#launcher };
    return {
      folder: bento.folder,
      python: interpreter.path,
      env,
      forkServer: forkServerRequest(own),
      forkServerLimitMs: settings.startTimeout * 1000,
    };
  }

  async #openTls(helper: ProcessHost): Promise<ReadonlyMap<string, ServedTls>> {
    const { clock } = this.#context;
    const servers = Object.entries(this.#request.tls);
    const tls = new Map<string, ServedTls>();
    for (const [id, server] of servers) tls.set(id, await servedTls(server, helper));
    this.#certificates = new CertificateWatch(tls, clock, () => this.#changed.fire());
    return tls;
  }

  async #assemble({ preparation, plan }: Prepared, cancel: AbortSignal): Promise<void> {
    const components = await preparation.assemble(plan, cancel);
    for (const component of components) this.#components.add(component);
    this.#changed.fire();
  }

  /** Serves another plan on the ports that are held. */
  async #replace(prepared: Prepared, cancel: AbortSignal): Promise<void> {
    const { base, preparation, plan } = prepared;
    const { lessor } = preparation;
    this.#context.log.info(`${this.#request.bento.name}: it has other components now`);
    // What the commands bind themselves is not held.
    const held = this.#launcher === 'workers' ? leasesOf(plan) : [];
    await this.#components.handOver();
    await this.#components.clear(base.helper, lessor);
    await lessor.releaseAllBut(held);
    this.#plan = plan;
    try {
      await this.#assemble(prepared, cancel);
      await this.#components.launch(undefined, cancel);
    } catch (error) {
      if (this.#stopping === undefined) this.#problem = problemOf(error);
      void this.stop();
      throw error;
    }
  }

  /** What is wrong is shown beside what goes on serving. See `ReloadOnSaveParts.reload`. */
  async #reload(
    reload: Reload,
    files: ReportedChanges,
    signal: AbortSignal,
  ): Promise<ReloadOutcome> {
    try {
      await this.#mend();
      await reload.run(files, AbortSignal.any([signal, this.#cancel.signal]));
      this.#reloadProblem = undefined;
    } catch (error) {
      if (signal.aborted || this.#stopping !== undefined) return 'cancelled';
      this.#reloadProblem = problemOf(error);
    }
    this.#changed.fire();
    return this.#reloadProblem === undefined ? 'done' : 'failed';
  }

  /** Nothing can be started where its files are gone. @throws ServeError */
  async #mend(): Promise<void> {
    if (this.#base === undefined) return;
    const addresses = this.components.map(({ component }) => component.address);
    await mendRunDirectory(this.#base.directory, socketsOf(addresses));
  }

  get #shownReloadProblem(): Problem | undefined {
    const problem = this.#reloadProblem;
    // A component that crashed comes back with the new code, or not at all.
    const serve = this.components.every(({ supervisor: { state } }) =>
      ['ready', 'unhealthy', 'stopped'].includes(state),
    );
    if (problem === undefined) return undefined;
    const next = `Fix it and save again to retry.${serve ? ' The previous code is still being served.' : ''}`;
    return { ...problem, message: `${problem.message} ${next}` };
  }

  #reloadOnSave(prepared: Prepared): ReloadOnSave {
    const { clock, log } = this.#context;
    const reload = new Reload({
      request: this.#request,
      components: this.#components,
      preparation: prepared.preparation,
      log,
      plan: () => this.#plan ?? prepared.plan,
      confirm: (plan) => (this.#plan = plan),
      replace: (plan, cancel) => this.#replace({ ...prepared, plan }, cancel),
    });
    return new ReloadOnSave({
      clock,
      changes: (paths) => reload.changes(paths),
      reload: (files, signal) => this.#reload(reload, files, signal),
    });
  }

  /** Why a server failed that binds its port itself: between our release and its bind, anybody can take it. */
  async #stolenPort(lessor: PortLessor): Promise<StolenPort | undefined> {
    for (const { component, supervisor } of this.components) {
      if (supervisor.state !== 'failed') continue;
      for (const use of component.releasedAtLaunch) {
        const stolen = await lessor.stolen(use, supervisor.problem);
        if (stolen !== undefined) return stolen;
      }
    }
    return undefined;
  }

  /** Everything but the helper and the plan, for another try. */
  async #takeDown({ base, preparation }: Prepared): Promise<void> {
    await this.#components.stop();
    await preparation.lessor.releaseAllBut();
    await this.#components.clear(base.helper, preparation.lessor);
  }

  #watch(helper: ProcessHost): void {
    const byProcess = (process: string): ComponentLog | undefined => {
      const id = process.slice(0, process.lastIndexOf('#'));
      return this.#components.has(id) ? this.#request.logFor(id) : undefined;
    };
    this.#output = helper.onOutput(({ process, stream, text }) => {
      const drained = byProcess(process)?.write(text, process, stream);
      if (drained !== undefined) helper.hold(drained);
    });
    void helper.ended.then((status) => {
      if (this.#stopping !== undefined) return;
      this.#problem = {
        code: 'crashed',
        message: `The process that supervises it ${describeExit(status)}, and everything it served ended with it: serve it again.`,
      };
      void this.stop();
    });
  }

  async #stop(): Promise<void> {
    this.#saves?.dispose();
    this.#certificates?.dispose();
    this.#settingsFiles?.dispose();
    this.#reloadProblem = undefined;
    try {
      await this.#components.stop();
    } finally {
      if (this.#base !== undefined) await this.#helpers.giveBack(this.#base);
      this.#output?.dispose();
      this.#components.dispose();
      this.#ended.fire();
    }
  }
}

/** The uses of its ports. */
const leasesOf = ({ components }: Plan): readonly string[] =>
  components.flatMap(({ id }) => [id, `${id} metrics`]);
