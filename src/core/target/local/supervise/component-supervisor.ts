import { Emitter, type Disposable, type Event } from '../../../events';
import type { Health } from '../../../health/health-monitor';
import { outputStart } from '../../../logs/output-history';
import type { Argument } from '../../../messages/message';
import type { ComponentState, Problem } from '../../../model';
import { problemOf } from '../../../problem';
import type { WorkerExit, WorkersReplaced } from '../workers/worker-generation';
import {
  stopped,
  transition,
  type Lifecycle,
  type LifecycleEffect,
  type LifecycleEvent,
} from './component-lifecycle';
import { nothingToRenew, renewWorkers, type ComponentRenewal } from './component-renewal';
import { gracePeriod, GracefulStop, type StopInProgress } from './graceful-stop';
import { healthEvent } from './health-event';
import { healthProblem } from './health-problem';
import { lateStart } from './late-start';
import { LaunchAttempt } from './launch-attempt';
import { seconds } from './seconds';
import type { SupervisedComponent, SupervisorOptions } from './supervised-component';
import { Timers } from './timers';
import { workerExitLine } from './worker-exit-line';

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
  #isPaused = false;
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
    return this.component.isPrivate === true ? undefined : this.#attempt?.latencyMs;
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
    const { component } = this;
    const onCommit = (): void => {
      // Those that would be replaced do not serve any more.
      this.#timers.cancel('replacement');
      this.#handle({ type: 'renewed' });
      attempt.probeNow();
      this.#changed.fire();
    };
    return renewWorkers({ component, options: this.#options, attempt, onCommit }, cancel);
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

  /**
   * To be called when a debugger pauses one of its workers, or of what it depends on, and when they continue: while it is
   * paused, the silence of its probes is neither a problem nor a reason to restart it.
   */
  setPaused(isPaused: boolean): void {
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (!isPaused) this.#attempt?.askAnew();
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
    if (this.#isPaused && health.status !== 'ready' && this.component.blockedBy() === undefined)
      return;
    const before = this.latencyMs;
    attempt.health = health;
    this.#judge(health);
    if (this.latencyMs !== before || this.state === 'starting') this.#changed.fire();
  }

  #judge(health: Health): void {
    const { name, remote, blockedBy, log } = this.component;
    const facts = {
      ...{ name, remote, blockedBy: blockedBy() },
      isDebugging: this.#options.isDebugging(),
    };
    const problem = healthProblem(health, facts);
    const event = healthEvent(problem && this.#own(problem), { ...this.#options, remote });
    if (event.type === 'hung') log.event(event.problem.message);
    this.#handle(event);
  }

  #workerExited(exit: WorkerExit): void {
    const { log, workers, crashProblem } = this.component;
    log.event(workerExitLine(exit, this.stopping?.forcedBecause));
    const problem = this.#own(crashProblem(exit.process, exit.status));
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
    const { log } = this.component;
    const { startTimeoutMs, isDebugging } = this.#options;
    // It may have been paused all the time.
    if (isDebugging()) {
      this.#timers.after('deadline', startTimeoutMs, () => this.#deadline());
      return;
    }
    const problem = lateStart(this.component, startTimeoutMs, this.waitingFor);
    const detail = log.output.tail(20, this.#outputFrom);
    this.#handle({ type: 'deadline', problem: this.#own({ ...problem, detail }) });
  }

  #end(): void {
    const { clock, gracePeriodMs } = this.#options;
    const { workers, log } = this.component;
    const restarts = this.#lifecycle.state === 'stopping' && this.#lifecycle.then.to === 'starting';
    const stop = new GracefulStop({
      ...{ workers, log, clock, timers: this.#timers },
      gracePeriodMs: gracePeriod(this.readyAt !== undefined, gracePeriodMs),
      handOver: restarts || this.#handsOver,
      onChange: () => this.#changed.fire(),
    });
    this.#stop = stop;
    void stop.done.then(() => this.#handle({ type: 'gone' }));
  }

  #own(problem: Problem): Problem {
    return { ...problem, component: this.component.id };
  }

  #rest(): void {
    this.#timers.dispose();
    this.#attempt?.dispose();
  }
}
