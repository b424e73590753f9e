import { noComponent } from '../no-component';
import type { BentoDebugger } from '../../debug/bento-debugger';
import { crashProblem } from '../../diagnosis/crash-problem';
import { FirstCrash } from '../../diagnosis/first-crash';
import { Emitter, type Event } from '../../events';
import type { ExitStatus } from '../../programs/exit-status';
import type { ProcessHost } from './helper/process-host';
import type { ComponentLog } from '../../logs/component-log';
import type { Problem } from '../../model';
import { stopOrder } from '../../plan/dependency-order';
import type { PortAllocator } from './ports/port-allocator';
import { cancelled } from '../../problem';
import { ComponentSupervisor } from './supervise/component-supervisor';
import type { AssembledComponent } from './prepare/assembled-component';
import type { ServeParts } from './serve-parts';
import { supervisorOptions } from './supervisor-options';
import { renewTogether, type Renewed } from './renew-together';
import { waitUntilReady } from './wait-until-ready';
import { say, type Message } from '../../messages/message';

/** A component with its supervisor. */
export interface ServedComponent {
  readonly component: AssembledComponent;
  readonly supervisor: ComponentSupervisor;
  /** When the oldest of its living processes was started, by the clock; undefined without one. */
  readonly runningSince: () => number | undefined;
}

/** The components of one served bento, which depend on each other. */
export class ServedComponents {
  readonly #parts: ServeParts;
  readonly #debugger: () => BentoDebugger | undefined;
  readonly #served = new Map<string, ServedComponent>();
  readonly #changed = new Emitter<void>();
  readonly #renewed = new Emitter<void>();
  #wasReady = false;
  #firstCrash: Problem | undefined;

  /** `debug`: absent until there is one. */
  constructor(parts: ServeParts, debug: () => BentoDebugger | undefined = () => undefined) {
    this.#parts = parts;
    this.#debugger = debug;
  }

  readonly onDidChange: Event<void> = this.#changed.event;
  /** Fires when a component is ready that has new workers, for whatever reason. */
  readonly onDidServeAnew: Event<void> = this.#renewed.event;

  get all(): readonly ServedComponent[] {
    return [...this.#served.values()];
  }

  /** Every component was ready at one time. */
  get wasReady(): boolean {
    return this.#wasReady;
  }

  /** The first crash during the start. Later failures may be caused by it. */
  get firstCrash(): Problem | undefined {
    return this.#firstCrash;
  }

  has(id: string): boolean {
    return this.#served.has(id);
  }

  get(id: string): ServedComponent {
    const served = this.#served.get(id);
    if (served === undefined) {
      throw noComponent(this.#parts.request.bento.name, id);
    }
    return served;
  }

  /**
   * Starts all components, or the named one with its dependencies, and resolves when they are ready. Where sockets are
   * held, all start at once: early requests wait in the backlog. With `cli`, they start in order.
   */
  async launch(
    only: string | undefined,
    cancel: AbortSignal,
    onPhase: (phase: Message) => void = () => undefined,
  ): Promise<void> {
    const ready = new Map<string, Promise<void>>();
    const wanted = this.#wanted(only);
    let readyCount = 0;
    const report = (): void => {
      const number = Math.min(readyCount + 1, wanted.length);
      onPhase(say('startingComponent', { number, count: wanted.length }));
    };
    report();
    for (const { component, supervisor } of wanted) {
      const before =
        this.#parts.launcher === 'workers'
          ? []
          : component.planned.dependsOn.flatMap((id) => ready.get(id) ?? []);
      const started = Promise.all(before).then(async () => {
        if (cancel.aborted) throw cancelled();
        supervisor.start();
        await waitUntilReady(supervisor, cancel);
        readyCount += 1;
        report();
      });
      ready.set(component.planned.id, started);
    }
    await Promise.all(ready.values());
  }

  /** Marks the end of the start: later crashes have other causes. */
  started(): void {
    this.#wasReady = true;
  }

  /** Takes a component under supervision; it is not started yet. */
  add(component: AssembledComponent): void {
    const { settings, logFor } = this.#parts.request;
    const { clock, loadHealthClient, log: extensionLog } = this.#parts.context;
    const { id, name, dependsOn, remote } = component.planned;
    const { context } = this.#parts;
    const options = supervisorOptions(settings, {
      ...context,
      isDebugging: () =>
        context.isDebugging() || this.#needs(id, (one) => this.#debugger()?.isDebugging(one)),
    });
    const log = logFor(id);
    const first = new FirstCrash(clock);
    const starts = new Map<number, number>();
    let isNew = false;
    component.workers.onStart(({ spec, pid, notForked }) => {
      starts.set(pid, clock.now());
      isNew = true;
      if (notForked !== undefined) {
        extensionLog.warn(`${spec.process} was started, not forked: ${notForked}`);
      }
      log.event(`${spec.process} started, pid ${pid}: ${spec.argv.join(' ')}`);
      this.#changed.fire();
    });
    component.workers.onEnd(({ process, pid }) => {
      starts.delete(pid);
      log.ended(process);
      extensionLog.debug(`${process} (pid ${pid}) has ended`);
    });
    const supervisor = new ComponentSupervisor(
      {
        id,
        name,
        remote: remote !== undefined,
        isPrivate: component.address.kind === 'unix',
        workers: component.workers,
        log,
        adviceWhenLate:
          remote === undefined
            ? say('lookAtTerminal')
            : say('startItThere', { address: remote, name }),
        makeProbe: () => component.makeProbe(options.health.timeoutMs, loadHealthClient, clock),
        beforeLaunch: component.beforeLaunch,
        ...(component.errorTotal === undefined ? {} : { errorTotal: component.errorTotal }),
        blockedBy: () => this.#blocked(dependsOn),
        crashProblem: (process, status) => this.#crashed(first, { id, name, log }, process, status),
      },
      options,
    );
    const runningSince = (): number | undefined => {
      const own = component.workers.pids.flatMap((pid) => starts.get(pid) ?? []);
      return own.length === 0 ? undefined : Math.min(...own);
    };
    this.#served.set(id, { component, supervisor, runningSince });
    supervisor.onDidChange(() => {
      this.#changed.fire();
      if (isNew && supervisor.state === 'ready') {
        isNew = false;
        this.#renewed.fire();
      }
      for (const { component: other, supervisor: dependent } of this.#served.values()) {
        if (other.planned.dependsOn.includes(id)) dependent.reconsider();
      }
    });
  }

  /** To be called when a debugger pauses a worker, or lets one continue. */
  pauseChanged(): void {
    for (const [id, { supervisor }] of this.#served) {
      supervisor.setPaused(this.#needs(id, (one) => this.#debugger()?.stateOf(one) === 'paused'));
    }
  }

  /** Dependents first. */
  async stop(): Promise<void> {
    for (const wave of this.#wavesBack()) {
      await Promise.all(wave.map(({ supervisor }) => supervisor.stop()));
    }
  }

  /** Stops them like `stop`, while new components take over their sockets. */
  async handOver(): Promise<void> {
    for (const wave of this.#wavesBack()) {
      await Promise.all(wave.map(({ supervisor }) => supervisor.handOver()));
    }
  }

  /** Kills the components that are being stopped. */
  force(): void {
    for (const { supervisor } of this.#living()) void supervisor.stop();
  }

  canRenew(id: string): boolean {
    const { component, supervisor } = this.get(id);
    return component.renewable && supervisor.state === 'ready';
  }

  /** New workers for all of them, or for none. See `renewTogether`. */
  async renew(ids: readonly string[], cancel: AbortSignal): Promise<Renewed> {
    return renewTogether(
      ids.map((id) => this.get(id).supervisor),
      cancel,
    );
  }

  /** Restarts components, except those that are stopped. */
  restart(ids: readonly string[]): void {
    for (const id of ids) {
      const { supervisor } = this.get(id);
      if (supervisor.state !== 'stopped' && supervisor.state !== 'stopping') supervisor.restart();
    }
  }

  /** Takes none of them any more, for others; their private sockets go too. */
  async clear(helper: ProcessHost, allocator: PortAllocator): Promise<void> {
    this.dispose();
    for (const id of this.#served.keys()) if (!allocator.holds(id)) await helper.release(id);
    this.#served.clear();
    this.#firstCrash = undefined;
  }

  dispose(): void {
    for (const { supervisor } of this.#served.values()) supervisor.dispose();
  }

  #crashed(
    first: FirstCrash,
    { id, name, log }: { readonly id: string; readonly name: string; readonly log: ComponentLog },
    process: string,
    status: ExitStatus,
  ): Problem {
    const said = log.recentOutput.take(process);
    const problem = first.of(process, crashProblem(name, status, said, this.#parts.causes));
    // A process that is stopped has not crashed.
    const unasked = this.#served.get(id)?.supervisor.state !== 'stopping';
    if (!this.#wasReady && unasked) this.#firstCrash ??= { ...problem, component: id };
    return problem;
  }

  #blocked(dependsOn: readonly string[]): Message | undefined {
    for (const id of dependsOn) {
      const dependency = this.#served.get(id)?.supervisor;
      if (dependency !== undefined && dependency.state !== 'ready') {
        return say(blocking[dependency.state], { name: dependency.component.name });
      }
    }
    return undefined;
  }

  /** The named component and all it depends on; all of them without a name. */
  #wanted(only: string | undefined): readonly ServedComponent[] {
    if (only === undefined) return this.all;
    const wanted = this.#withDependencies(this.get(only).component.planned.id);
    return this.all.filter(({ component }) => wanted.has(component.planned.id));
  }

  /** While others take the place of the components, some are not there. */
  #withDependencies(id: string): ReadonlySet<string> {
    const found = new Set<string>();
    const add = (one: string): void => {
      if (found.has(one)) return;
      found.add(one);
      this.#served.get(one)?.component.planned.dependsOn.forEach(add);
    };
    add(id);
    return found;
  }

  /** Whether it is so with the component or with something it depends on, whose answers it waits for. */
  #needs(id: string, isSo: (id: string) => boolean | undefined): boolean {
    return [...this.#withDependencies(id)].some((one) => isSo(one));
  }

  /** Returns the components that have not failed. A failed one has ended already, and keeps its problem. */
  #living(): readonly ServedComponent[] {
    return this.all.filter(({ supervisor }) => supervisor.state !== 'failed');
  }

  #wavesBack(): readonly (readonly ServedComponent[])[] {
    const living = this.#living();
    const waves = stopOrder(living.map(({ component }) => component.planned));
    return waves.map((wave) => living.filter(({ component }) => wave.includes(component.planned)));
  }
}

const blocking = {
  stopped: 'whichIsStopped',
  starting: 'whichIsStarting',
  unhealthy: 'whichIsUnhealthy',
  backingOff: 'whichRestarts',
  stopping: 'whichIsStopping',
  failed: 'whichHasFailed',
} as const;
