import type { Clock } from '../../../clock';
import { Emitter, type Disposable, type Event } from '../../../events';
import type { Health, HealthTimings } from '../../../health/health-monitor';
import type { Probe } from '../../../health/probe';
import { describeExit, type ExitStatus } from '../../../programs/exit-status';
import type { WorkerExit, WorkersReplaced } from '../workers/worker-generation';
import { EarlyExitError } from '../workers/worker-group';
import type { Workers } from '../workers/workers';
import type { ComponentLog } from '../../../logs/component-log';
import type { ComponentState, Problem } from '../../../model';
import { cancelled, problemOf, ServeError } from '../../../problem';
import {
  stopped,
  transition,
  type Lifecycle,
  type LifecycleEffect,
  type LifecycleEvent,
} from './component-lifecycle';
import { GracefulStop, type StopInProgress } from './graceful-stop';
import { healthProblem } from './health-problem';
import { outputStart } from '../../../logs/output-history';
import { LaunchAttempt } from './launch-attempt';
import type { RestartPolicy } from './restart-policy';
import { seconds } from './seconds';
import { Timers } from './timers';
import { problemTexts, say, type Argument, type Message } from '../../../messages/message';

export interface SupervisedComponent {
  readonly id: string;
  readonly name: string;
  /** It runs elsewhere: nothing can be done about it here. */
  readonly remote: boolean;
  readonly workers: Workers;
  readonly log: ComponentLog;
  /** What can be done when it does not become ready in time. */
  readonly adviceWhenLate: Message;
  readonly makeProbe: () => Probe;
  /** Called before the first worker is started, for what has to happen right then. */
  readonly beforeLaunch: () => Promise<void>;
  /** How many requests it has answered with an error; only grows while its workers live. Absent where nobody counts. */
  readonly errorTotal?: () => Promise<number | undefined>;
  /** What it waits for, in words; nothing when all it depends on is ready. */
  readonly blockedBy: () => Argument | undefined;
  /** Why one of its processes ended. */
  readonly crashProblem: (process: string, status: ExitStatus) => Problem;
}

export interface SupervisorOptions {
  readonly health: HealthTimings;
  /** What to do about a component that has stopped responding. */
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
  /** Why one of them has ended already; nothing while all of them can serve. */
  failure(): Problem | undefined;
  /** They serve from now on. Resolves when the old ones have ended. */
  commit(): Promise<void>;
  /** They are ended, and all stays as it was. */
  abandon(): Promise<void>;
}

/** Stopped components have the new code when they are started again. */
const nothingToRenew: ComponentRenewal = {
  failure: () => undefined,
  commit: () => Promise.resolve(),
  abandon: () => Promise.resolve(),
};

/** A component that was never ready has no requests to finish, and may wait for a dependency that never comes. */
const unreadyGraceMs = 1000;

/** Keeps one component running: holds its lifecycle and carries out what the lifecycle asks for. */
export class ComponentSupervisor implements Disposable {
  readonly component: SupervisedComponent;
  readonly #options: SupervisorOptions;
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: readonly Disposable[];
  /** The only owner of timers: whatever ends a state ends its timers. */
  readonly #timers: Timers;
  #lifecycle: Lifecycle = stopped;
  /** The last one, also when it is over. */
  #attempt: LaunchAttempt | undefined;
  /** The position of the newest launch in the output. */
  #outputFrom = outputStart;
  #stop: GracefulStop | undefined;
  #handsOver = false;
  #isDisposed = false;

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
    return this.#attempt?.startedAt;
  }

  get readyAt(): number | undefined {
    return this.#attempt?.readyAt;
  }

  get latencyMs(): number | undefined {
    const health = this.#attempt?.health;
    const latency = health?.status === 'ready' ? health.latencyMs : undefined;
    return latency === undefined ? undefined : Math.max(1, Math.round(latency));
  }

  /** How many requests it answered with an error in the last minute, since it was started. */
  get recentErrors(): number {
    return this.#attempt?.recentErrors ?? 0;
  }

  /** Why it is not ready yet, from its last probe. */
  get waitingFor(): Argument | undefined {
    if (this.#lifecycle.state !== 'starting') return undefined;
    const health = this.#attempt?.health;
    return health?.status === 'ready' ? this.component.blockedBy() : health?.reason;
  }

  /** The stop in progress. */
  get stopping(): StopInProgress | undefined {
    return this.#lifecycle.state === 'stopping' ? this.#stop?.times : undefined;
  }

  start(): void {
    this.#handle({ type: 'start' });
  }

  restart(): void {
    this.#handle({ type: 'restart' });
  }

  /**
   * Starts new workers beside those that serve, and resolves when they accept connections. Nothing changes until the
   * renewal is committed. Only where `AssembledComponent.renewable`. A component that does not serve, or stops
   * meanwhile, has nothing to renew.
   * @throws ServeError why there are none; what serves goes on.
   */
  async renew(cancel: AbortSignal): Promise<ComponentRenewal> {
    const attempt = this.#attempt;
    if (attempt === undefined || attempt.isOver()) return nothingToRenew;
    const { clock, startTimeoutMs, gracePeriodMs } = this.#options;
    const { workers, log, crashProblem } = this.component;
    const startedAt = clock.date();
    const from = clock.now();
    const late = new AbortController();
    const limit = clock.after(startTimeoutMs, () => late.abort());
    try {
      const until = AbortSignal.any([cancel, late.signal, attempt.over]);
      const renewal = await workers.renew(clock, until);
      return {
        failure: () => {
          const exit = attempt.isOver() ? undefined : renewal.earlyExit;
          return exit && this.#own(crashProblem(exit.process, exit.status));
        },
        abandon: () => renewal.abandon(),
        commit: () => {
          if (attempt.isOver()) return renewal.abandon();
          log.event(`new workers after ${seconds(clock.now() - from)}`);
          attempt.startedAt = startedAt;
          attempt.readyAt = clock.date();
          const done = renewal.commit(gracePeriodMs);
          // Those that would be replaced do not serve any more.
          this.#timers.cancel('replacement');
          this.#handle({ type: 'renewed' });
          attempt.probeNow();
          this.#changed.fire();
          return done;
        },
      };
    } catch (error) {
      if (cancel.aborted) throw cancelled();
      if (attempt.isOver()) return nothingToRenew;
      throw new ServeError(this.#own(this.#notRenewed(error, late.signal.aborted)));
    } finally {
      limit.dispose();
    }
  }

  /** Graceful, then forced; a second call forces at once. Resolves when no process is left. */
  async stop(): Promise<void> {
    this.#handle({ type: 'stop' });
    await this.#stop?.done;
  }

  /** Stops it for others that will serve from the same sockets: what clients have sent is answered first. */
  async handOver(): Promise<void> {
    this.#handsOver = true;
    await this.stop();
  }

  /** To be called when the state of something it depends on changed. */
  reconsider(): void {
    const health = this.#attempt?.health;
    if (health === undefined) return;
    if (health.status !== 'ready') this.#attempt?.probeNow();
    this.#judge(health);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#rest();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.component.workers.dispose();
    this.#changed.dispose();
  }

  #handle(event: LifecycleEvent): void {
    if (this.#isDisposed) return;
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
        this.#becameReady(before.state === 'unhealthy');
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

  #becameReady(again: boolean): void {
    this.#timers.cancel('deadline');
    const attempt = this.#attempt;
    if (attempt === undefined) return;
    attempt.readyAt = this.#options.clock.date();
    this.component.log.event(again ? 'ready again' : `ready after ${seconds(attempt.age)}`);
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
        this.#end();
        return;
      case 'kill':
        log.event('ending it by force');
        this.#stop?.force('it was to stop at once');
        return;
    }
  }

  async #launch(): Promise<void> {
    const { clock, health, startTimeoutMs, watchOnly } = this.#options;
    const { workers, log, beforeLaunch, makeProbe, errorTotal } = this.component;
    const isRestart = this.#lifecycle.state === 'starting' && this.#lifecycle.again;
    this.#rest();
    const attempt = new LaunchAttempt(clock, health);
    this.#attempt = attempt;
    this.#outputFrom = log.output.end;
    if (!watchOnly) this.#timers.after('deadline', startTimeoutMs, () => this.#deadline());
    try {
      await beforeLaunch();
      if (attempt.isOver()) return;
      if (errorTotal !== undefined) {
        await attempt.countErrors(errorTotal, () => this.#changed.fire());
      }
      if (attempt.isOver()) return;
      await workers.start();
    } catch (error) {
      // A stop, or a stop and another start, may have come in between.
      if (attempt.isOver()) return;
      this.#handle({ type: 'startFailed', problem: this.#own(problemOf(error)) });
      return;
    }
    if (isRestart) workers.countRestart();
    if (!attempt.isOver()) attempt.watch(makeProbe(), (verdict) => this.#report(attempt, verdict));
  }

  async #replace(): Promise<void> {
    const attempt = this.#attempt;
    const { workers } = this.component;
    // A restart that came before has started them.
    if (attempt === undefined || attempt.isOver() || workers.missing === 0) return;
    try {
      await workers.replace();
    } catch (error) {
      if (attempt.isOver()) return;
      const problem = this.#own(problemOf(error));
      this.component.log.event(problem.message);
      this.#handle({ type: 'workerExited', problem, alive: workers.alive });
    }
    this.#changed.fire();
  }

  #report(attempt: LaunchAttempt, health: Health): void {
    const before = this.latencyMs;
    attempt.health = health;
    this.#judge(health);
    if (this.latencyMs !== before || this.state === 'starting') this.#changed.fire();
  }

  #judge(health: Health): void {
    const { name, remote, blockedBy } = this.component;
    const facts = {
      ...{ name, remote, blockedBy: blockedBy() },
      isDebugging: this.#options.isDebugging(),
    };
    const problem = healthProblem(health, facts);
    this.#handle(this.#eventOf(problem && this.#own(problem)));
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

  #workerExited({ process, pid, status }: WorkerExit): void {
    const { log, workers } = this.component;
    const forced = this.stopping?.forcedBecause;
    log.event(
      status.signal === 'SIGKILL' && forced !== undefined
        ? `${process} (pid ${pid}) was killed: ${forced}`
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
    const time = seconds(startTimeoutMs);
    this.#handle({
      type: 'deadline',
      problem: this.#own({
        code: 'start-timeout',
        subject: name,
        setting: this.#settingWhenLate,
        ...problemTexts(
          why === undefined
            ? say('lateStart', { name, time, advice: adviceWhenLate })
            : say('lateStartBecause', { name, time, reason: why, advice: adviceWhenLate }),
        ),
        detail: log.output.tail(20, this.#outputFrom),
      }),
    });
  }

  #end(): void {
    const { clock, gracePeriodMs } = this.#options;
    const { workers, log } = this.component;
    const restarts = this.#lifecycle.state === 'stopping' && this.#lifecycle.then.to === 'starting';
    const stop = new GracefulStop({
      ...{ workers, log, clock, timers: this.#timers },
      gracePeriodMs:
        this.readyAt === undefined ? Math.min(unreadyGraceMs, gracePeriodMs) : gracePeriodMs,
      handOver: restarts || this.#handsOver,
      onChange: () => this.#changed.fire(),
    });
    this.#stop = stop;
    void stop.done.then(() => this.#handle({ type: 'gone' }));
  }

  #notRenewed(error: unknown, late: boolean): Problem {
    const { name, crashProblem } = this.component;
    if (error instanceof EarlyExitError) return crashProblem(error.exit.process, error.exit.status);
    if (!late) return problemOf(error);
    const time = seconds(this.#options.startTimeoutMs);
    const advice = this.component.adviceWhenLate;
    return {
      ...{ code: 'start-timeout', setting: this.#settingWhenLate },
      ...problemTexts(say('lateRenewal', { name, time, advice })),
    };
  }

  /** What `adviceWhenLate` names. */
  get #settingWhenLate(): string {
    return this.component.remote ? 'serveBento.runners' : 'serveBento.startTimeout';
  }

  #own(problem: Problem): Problem {
    return { ...problem, component: this.component.id };
  }

  #rest(): void {
    this.#timers.dispose();
    this.#attempt?.dispose();
  }
}
