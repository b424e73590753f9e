import type { StopTimes } from '../bento-manager';
import type { Clock } from '../clock';
import { Emitter, type Disposable, type Event } from '../events';
import { HealthMonitor, type Health, type HealthTimings } from '../health/health-monitor';
import type { Probe } from '../health/probe';
import { describeExit, type ExitStatus } from '../launch/exit-status';
import type { WorkerExit, WorkersReplaced } from '../launch/worker-generation';
import { EarlyExitError } from '../launch/worker-group';
import type { Workers } from '../launch/workers';
import type { ComponentLog } from '../logs/component-log';
import type { ComponentState, Problem } from '../model';
import { cancelled, problemOf, ServeError } from '../problem';
import {
  stopped,
  transition,
  type Lifecycle,
  type LifecycleEffect,
  type LifecycleEvent,
} from './component-lifecycle';
import { RecentErrors } from './recent-errors';
import type { RestartPolicy } from './restart-policy';
import { Timers } from './timers';

export interface SupervisedComponent {
  readonly id: string;
  readonly name: string;
  /** It runs elsewhere: nothing can be done about it here. */
  readonly remote: boolean;
  readonly workers: Workers;
  readonly log: ComponentLog;
  /** What can be done when it does not become ready in time. */
  readonly adviceWhenLate: string;
  readonly makeProbe: () => Probe;
  /** Called before the first worker is started, for what has to happen right then. */
  readonly beforeLaunch: () => Promise<void>;
  /** How many requests it has answered with an error; only grows while its workers live. Absent where nobody counts. */
  readonly errorTotal?: () => Promise<number | undefined>;
  /** What it waits for, in words; nothing when all it depends on is ready. */
  readonly blockedBy: () => string | undefined;
  /** Why one of its processes ended. */
  readonly crashProblem: (process: string, status: ExitStatus) => Problem;
}

export interface SupervisorOptions {
  readonly health: HealthTimings;
  /** What is done about a component that does not respond any more. */
  readonly onHang: 'notify' | 'restart';
  /** A Python debugger may hold the processes on purpose. */
  readonly isDebugging: () => boolean;
  readonly startTimeoutMs: number;
  /** It is found, not started: the first answer decides whether it is ready, and there is no deadline. */
  readonly watchOnly: boolean;
  readonly gracePeriodMs: number;
  readonly clock: Clock;
  readonly freshPolicy: () => RestartPolicy;
}

/** New workers that wait beside those that serve. */
export interface ComponentRenewal {
  /** They serve from now on. Resolves when the old ones have ended. */
  commit(): Promise<void>;
  /** They are ended, and all stays as it was. */
  abandon(): Promise<void>;
}

export interface StopInProgress extends StopTimes {
  /** What was left has been ended by force, and why. */
  readonly forcedBecause?: string;
}

const unreadyGraceMs = 1000;

/** Keeps one component running: holds its lifecycle and carries out what the lifecycle asks for. */
export class ComponentSupervisor implements Disposable {
  readonly component: SupervisedComponent;
  readonly #options: SupervisorOptions;
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: readonly Disposable[];
  #lifecycle: Lifecycle = stopped;
  #monitor: HealthMonitor | undefined;
  #health: Health | undefined;
  #errors: RecentErrors | undefined;
  readonly #timers: Timers;
  #startedAt: number | undefined;
  #readyAt: number | undefined;
  #launchedAt = 0;
  #launches = 0;
  #ending: Promise<void> | undefined;
  #stop: StopInProgress | undefined;
  /** Others will serve from its sockets. */
  #successor = false;

  constructor(component: SupervisedComponent, options: SupervisorOptions) {
    this.component = component;
    this.#options = options;
    this.#timers = new Timers(options.clock);
    const { workers } = component;
    this.#subscriptions = [
      workers.onExit((exit) => this.#workerExited(exit)),
      workers.onReplace((replaced) => this.#workersReplaced(replaced)),
    ];
  }

  readonly onDidChange: Event<void> = this.#changed.event;

  get state(): ComponentState {
    return this.#lifecycle.state;
  }

  get problem(): Problem | undefined {
    return 'problem' in this.#lifecycle ? this.#lifecycle.problem : undefined;
  }

  get startedAt(): number | undefined {
    return this.#startedAt;
  }

  get readyAt(): number | undefined {
    return this.#readyAt;
  }

  get latencyMs(): number | undefined {
    const latency = this.#health?.status === 'ready' ? this.#health.latencyMs : undefined;
    return latency === undefined ? undefined : Math.max(1, Math.round(latency));
  }

  /** How many requests it answered with an error in the last minute, since it was started. */
  get recentErrors(): number {
    return this.#errors?.count ?? 0;
  }

  /** Why it is not ready yet, from its last probe. */
  get waitingFor(): string | undefined {
    if (this.#lifecycle.state !== 'starting') return undefined;
    return this.#health?.status === 'ready' ? this.component.blockedBy() : this.#health?.reason;
  }

  /** Of a stop in progress. */
  get stopping(): StopInProgress | undefined {
    return this.#lifecycle.state === 'stopping' ? this.#stop : undefined;
  }

  start(): void {
    this.#handle({ type: 'start' });
  }

  restart(): void {
    this.#handle({ type: 'restart' });
  }

  /**
   * Starts new workers beside those that serve, and resolves when they accept connections. Nothing changes until the
   * renewal is committed. Only where `AssembledComponent.renewable`, and while it is ready.
   * @throws ServeError why there are none; what serves goes on.
   */
  async renew(cancel: AbortSignal): Promise<ComponentRenewal> {
    const { clock, startTimeoutMs, gracePeriodMs } = this.#options;
    const { workers, log } = this.component;
    const startedAt = clock.date();
    const from = clock.now();
    const late = new AbortController();
    const limit = clock.after(startTimeoutMs, () => late.abort());
    try {
      const renewal = await workers.renew(clock, AbortSignal.any([cancel, late.signal]));
      return {
        abandon: () => renewal.abandon(),
        commit: () => {
          log.event(`new workers after ${seconds(clock.now() - from)}`);
          this.#startedAt = startedAt;
          this.#readyAt = clock.date();
          const done = renewal.commit(gracePeriodMs);
          // Those that would be replaced do not serve any more.
          this.#timers.cancel('replacement');
          this.#handle({ type: 'renewed' });
          this.#monitor?.hurry();
          this.#changed.fire();
          return done;
        },
      };
    } catch (error) {
      if (cancel.aborted) throw cancelled();
      throw new ServeError(this.#own(this.#notRenewed(error, late.signal.aborted)));
    } finally {
      limit.dispose();
    }
  }

  /** Graceful, then forced; a second call forces at once. Resolves when no process is left. */
  async stop(): Promise<void> {
    this.#handle({ type: 'stop' });
    await this.#ending;
  }

  /** As `stop`, for others that will serve from the same sockets: what clients have sent is answered first. */
  async makeWay(): Promise<void> {
    this.#successor = true;
    await this.stop();
  }

  /** To be called when the state of something it depends on changed. */
  reconsider(): void {
    if (this.#health === undefined) return;
    if (this.#health.status !== 'ready') this.#monitor?.hurry();
    this.#judge(this.#health);
  }

  dispose(): void {
    this.#rest();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.component.workers.dispose();
    this.#changed.dispose();
  }

  #handle(event: LifecycleEvent): void {
    const { clock, freshPolicy } = this.#options;
    const before = this.#lifecycle;
    const { next, effects } = transition(before, event, clock.now(), freshPolicy());
    this.#lifecycle = next;
    if (next.state !== before.state) this.#entered(next, before);
    for (const effect of effects) this.#carryOut(effect);
    if (next !== before) this.#changed.fire();
  }

  #entered(next: Lifecycle, before: Lifecycle): void {
    const { log } = this.component;
    switch (next.state) {
      case 'ready':
        this.#timers.cancel('deadline');
        this.#readyAt = this.#options.clock.date();
        log.event(
          before.state === 'unhealthy'
            ? 'ready again'
            : `ready after ${seconds(this.#options.clock.now() - this.#launchedAt)}`,
        );
        return;
      case 'unhealthy':
        log.event(`unhealthy: ${next.problem.message}`);
        return;
      case 'failed':
        log.event(`failed: ${next.problem.message}`);
        this.#rest();
        return;
      case 'stopped':
        log.event('stopped');
        this.#rest();
        return;
      case 'stopping':
      case 'backingOff':
        this.#rest();
        return;
      case 'starting':
        return;
    }
  }

  #carryOut(effect: LifecycleEffect): void {
    const { log } = this.component;
    switch (effect.do) {
      case 'launch':
        void this.#launch();
        return;
      case 'replaceAfter':
        log.event(`a new worker in ${seconds(effect.delayMs)}`);
        this.#timers.after('replacement', effect.delayMs, () => void this.#replace());
        return;
      case 'backOff':
        log.event(`restart in ${seconds(effect.delayMs)}`);
        this.#timers.after('backOff', effect.delayMs, () =>
          this.#handle({ type: 'backoffElapsed' }),
        );
        return;
      case 'terminate':
        this.#ending = this.#end();
        return;
      case 'kill':
        log.event('ending it by force');
        this.#force('it was to stop at once');
        return;
    }
  }

  async #launch(): Promise<void> {
    const { clock, startTimeoutMs, watchOnly } = this.#options;
    const { workers, beforeLaunch, makeProbe } = this.component;
    const launch = ++this.#launches;
    // A stop, or a stop and another start, may come in between.
    const isOff = (): boolean => launch !== this.#launches || this.state !== 'starting';
    this.#startedAt = clock.date();
    this.#readyAt = undefined;
    this.#launchedAt = clock.now();
    this.#health = undefined;
    if (this.#lifecycle.state === 'starting' && this.#lifecycle.again) workers.countRestart();
    this.#timers.dispose();
    if (!watchOnly) this.#timers.after('deadline', startTimeoutMs, () => this.#deadline());
    try {
      await beforeLaunch();
      if (isOff()) return;
      await this.#countErrors();
      if (isOff()) return;
      await workers.start();
    } catch (error) {
      this.#handle({ type: 'startFailed', problem: this.#own(problemOf(error)) });
      return;
    }
    if (isOff()) return;
    this.#monitor?.dispose();
    this.#monitor = new HealthMonitor(makeProbe(), this.#options.health, clock, (health) =>
      this.#judge(health),
    );
  }

  /** From now on: what its workers of before counted is left out. */
  async #countErrors(): Promise<void> {
    const { errorTotal } = this.component;
    if (errorTotal === undefined) return;
    const { health, clock } = this.#options;
    this.#errors?.dispose();
    this.#errors = new RecentErrors(errorTotal, health.intervalMs, clock, () =>
      this.#changed.fire(),
    );
    await this.#errors.start();
  }

  async #replace(): Promise<void> {
    if (this.state !== 'ready' && this.state !== 'unhealthy' && this.state !== 'starting') return;
    const { workers } = this.component;
    // A restart that came before has started them.
    const { missing } = workers;
    if (missing === 0) return;
    workers.countRestart(missing);
    try {
      await workers.start();
    } catch (error) {
      this.component.log.event(problemOf(error).message);
    }
    this.#changed.fire();
  }

  #judge(health: Health): void {
    const before = this.latencyMs;
    this.#health = health;
    this.#handle(this.#eventOf(this.#problemIn(health)));
    if (this.latencyMs !== before || this.state === 'starting') this.#changed.fire();
  }

  #eventOf(problem: Problem | undefined): LifecycleEvent {
    if (problem === undefined) return { type: 'healthy' };
    const { onHang, watchOnly } = this.#options;
    const { remote, log } = this.component;
    if (problem.code !== 'unresponsive' || onHang !== 'restart' || remote) {
      return { type: 'unhealthy', problem, atOnce: watchOnly };
    }
    log.event(problem.message);
    return { type: 'hung', problem };
  }

  #problemIn(health: Health): Problem | undefined {
    const { name, remote, blockedBy } = this.component;
    const blocked = blockedBy();
    if (blocked !== undefined) {
      const cause = `waits for ${blocked}`;
      return this.#own({ code: 'not-ready', message: `${name} ${cause}.`, cause });
    }
    switch (health.status) {
      case 'ready':
        return undefined;
      case 'notReady':
        return this.#own({
          code: 'not-ready',
          message: `${name} is not ready: ${health.reason}.`,
          cause: health.reason,
        });
      case 'unresponsive':
        return this.#own(
          this.#options.isDebugging() && !remote
            ? {
                code: 'not-ready',
                message: `${name} does not respond, maybe because the debugger holds it: continue there.`,
              }
            : {
                code: 'unresponsive',
                message: `${name} does not respond: ${health.reason}. ${remote ? 'See to it where it runs.' : 'Restart it if it does not recover.'}`,
                cause: health.reason,
              },
        );
    }
  }

  #workerExited({ process, pid, status }: WorkerExit): void {
    const { log, workers } = this.component;
    const forced = this.#lifecycle.state === 'stopping' ? this.#stop?.forcedBecause : undefined;
    log.event(
      status.signal === 'SIGKILL' && forced !== undefined
        ? `${process} (pid ${pid}) was ended by force: ${forced}`
        : `${process} (pid ${pid}) ${describeExit(status)}`,
    );
    const problem = this.#own(this.component.crashProblem(process, status));
    this.#handle({ type: 'workerExited', problem, alive: workers.alive });
    this.#changed.fire();
  }

  /** The arbiter of BentoML's own start commands starts them again by itself. */
  #workersReplaced({ process, pids }: WorkersReplaced): void {
    if (pids.length > 0) {
      this.component.log.event(`a worker of ${process} (pid ${pids.join(', ')}) ended`);
      const problem = this.#own(this.component.crashProblem(process, { code: null, signal: null }));
      this.#handle({ type: 'workerReplaced', problem });
    }
    this.#changed.fire();
  }

  #deadline(): void {
    const { name, log, adviceWhenLate } = this.component;
    const { startTimeoutMs } = this.#options;
    const why = this.waitingFor;
    this.#handle({
      type: 'deadline',
      problem: this.#own({
        code: 'start-timeout',
        message: `${name} was not ready after ${seconds(startTimeoutMs)}${why === undefined ? '' : ` (${why})`}: ${adviceWhenLate}.`,
        detail: log.output.tail(20),
      }),
    });
  }

  /** Polite, then forced after the grace period; done when no process is left. */
  async #end(): Promise<void> {
    const { clock } = this.#options;
    const { workers, log } = this.component;
    // What was never ready has no requests to finish, and may wait for a dependency that never comes.
    const gracePeriodMs =
      this.#readyAt === undefined
        ? Math.min(unreadyGraceMs, this.#options.gracePeriodMs)
        : this.#options.gracePeriodMs;
    log.event('stopping');
    const since = clock.date();
    this.#stop = { since, forceAt: since + gracePeriodMs };
    this.#timers.after('force', gracePeriodMs, () => {
      log.event(`still running after ${seconds(gracePeriodMs)}: ending it by force`);
      this.#force(`it did not stop within ${seconds(gracePeriodMs)}`);
    });
    try {
      const again = this.#lifecycle.state === 'stopping' && this.#lifecycle.then.to === 'starting';
      await (again || this.#successor ? workers.retire() : workers.terminate());
      await workers.ended();
      // What the workers left behind does not outlive them.
      await workers.kill();
    } catch {
      // The helper is gone, and with it everything it started.
    }
    this.#timers.cancel('force');
    this.#handle({ type: 'gone' });
  }

  #force(why: string): void {
    if (this.#stop !== undefined) this.#stop = { ...this.#stop, forcedBecause: why };
    this.#changed.fire();
    // Without a helper there is nothing left that could be killed.
    this.component.workers.kill().catch(() => undefined);
  }

  #notRenewed(error: unknown, late: boolean): Problem {
    const { name, crashProblem } = this.component;
    if (error instanceof EarlyExitError) return crashProblem(error.exit.process, error.exit.status);
    if (!late) return problemOf(error);
    const message = `The new workers of ${name} did not accept connections within ${seconds(this.#options.startTimeoutMs)}: ${this.component.adviceWhenLate}.`;
    return { code: 'start-timeout', message };
  }

  #own(problem: Problem): Problem {
    return { ...problem, component: this.component.id };
  }

  #rest(): void {
    this.#timers.dispose();
    this.#monitor?.dispose();
    this.#monitor = undefined;
    this.#health = undefined;
    this.#errors?.dispose();
    this.#errors = undefined;
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
