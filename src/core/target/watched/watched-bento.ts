import { noComponent } from '../no-component';
import { Emitter, type Event } from '../../events';
import type { BentoWarning } from '../../bento-manager';
import type { PlannedComponent } from '../../plan/plan';
import type { DebuggedWorker } from '../../debug/debugged-worker';
import type { WorkerStacks } from '../../profile/dump-stacks';
import type { RunningWorker } from '../../profile/running-worker';
import { cancelled } from '../../problem';
import { ComponentSupervisor } from '../local/supervise/component-supervisor';
import { remoteComponent } from '../local/prepare/remote-component';
import { ComponentView } from '../local/running-component';
import type { RunningBento } from '../running-bento';
import type { RunningComponent } from '../running-component';
import type { ServeContext, ServeRequest } from '../serve-request';
import type { ServedComponent } from '../local/served-components';
import { supervisorOptions } from '../local/supervisor-options';
import { waitUntilReady } from '../local/wait-until-ready';
import { say } from '../../messages/message';

export type WatchRequest = Pick<ServeRequest, 'bento' | 'settings' | 'logFor'>;

/** A bento that runs elsewhere: each of its addresses is asked whether it is ready, and nothing is started. */
export class WatchedBento implements RunningBento {
  readonly request: WatchRequest;
  readonly #served: readonly ServedComponent[];
  readonly plan = undefined;
  readonly problem = undefined;
  readonly warnings: readonly BentoWarning[] = [];
  readonly #changed = new Emitter<void>();
  readonly #ended = new Emitter<void>();
  readonly #cancel = new AbortController();
  #wasAsked = false;
  #stopping: Promise<void> | undefined;

  /** `remote`: tests have another one. */
  constructor(context: ServeContext, request: WatchRequest, remote = remoteComponent) {
    this.request = request;
    this.#served = (request.bento.addresses ?? []).map((address) =>
      this.#watch(address, context, remote),
    );
  }

  readonly onDidChange: Event<void> = this.#changed.event;
  readonly onDidEnd: Event<void> = this.#ended.event;

  get components(): readonly RunningComponent[] {
    return this.#served.map((served) => new ComponentView(served));
  }

  get wasReady(): boolean {
    return this.#wasAsked;
  }

  get stopping(): boolean {
    return this.#stopping !== undefined;
  }

  filesChanged(): void {
    // None of them is served here.
  }

  async check(): Promise<void> {
    // There is nothing to start.
  }

  /** Resolves when each address has answered, or has not: what is not ready is watched as well. */
  async start(signal: AbortSignal): Promise<void> {
    try {
      await Promise.all(this.#served.map((one) => this.#ask(one, signal)));
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#wasAsked = true;
    this.#changed.fire();
  }

  async startComponent(id: string, signal: AbortSignal): Promise<void> {
    await this.#ask(this.#get(id), signal);
  }

  async restartComponent(id: string, signal: AbortSignal): Promise<void> {
    const one = this.#get(id);
    await one.supervisor.stop();
    await this.#ask(one, signal);
  }

  readonly followsCode = false;

  get settingsFilesChanged(): boolean {
    return false;
  }

  get hasRaisedLimits(): boolean {
    return false;
  }

  get debugger(): undefined {
    return undefined;
  }

  notDebuggable(): undefined {
    return undefined;
  }

  async attachDebugger(): Promise<readonly DebuggedWorker[]> {
    return Promise.resolve([]);
  }

  workers(): readonly RunningWorker[] {
    return [];
  }

  async profile(): Promise<void> {
    // It has no workers.
  }

  async dumpStacks(): Promise<readonly WorkerStacks[]> {
    return Promise.resolve([]);
  }

  async retryReload(): Promise<void> {
    // Its code runs elsewhere.
  }

  async stopComponent(id: string): Promise<void> {
    await this.#get(id).supervisor.stop();
  }

  async stop(): Promise<void> {
    this.#cancel.abort();
    if (this.#stopping === undefined) {
      this.#stopping = this.#stop();
      this.#changed.fire();
    }
    await this.#stopping;
  }

  leave(): Promise<void> {
    return this.stop();
  }

  force(): void {
    // A stop waits for nothing.
  }

  async #stop(): Promise<void> {
    await Promise.all(this.#served.map(({ supervisor }) => supervisor.stop()));
    for (const { supervisor } of this.#served) supervisor.dispose();
    this.#ended.fire();
  }

  async #ask({ supervisor }: ServedComponent, signal: AbortSignal): Promise<void> {
    const cancel = AbortSignal.any([signal, this.#cancel.signal]);
    if (cancel.aborted) throw cancelled();
    supervisor.start();
    await waitUntilReady(supervisor, cancel, ['ready', 'unhealthy']);
  }

  #get(id: string): ServedComponent {
    const found = this.#served.find(({ component }) => component.planned.id === id);
    if (found !== undefined) return found;
    throw noComponent(this.request.bento.name, id);
  }

  #watch(address: string, context: ServeContext, remote: typeof remoteComponent): ServedComponent {
    const { settings, logFor } = this.request;
    const planned = plannedAt(address);
    const env = { ...context.processEnv, ...settings.env };
    const component = remote(planned, address, env);
    const { health, ...options } = supervisorOptions(settings, context);
    const supervisor = new ComponentSupervisor(
      {
        id: planned.id,
        name: address,
        remote: true,
        workers: component.workers,
        log: logFor(planned.id),
        adviceWhenLate: say('checkElsewhere'),
        makeProbe: () =>
          component.makeProbe(health.timeoutMs, context.loadHealthClient, context.clock),
        beforeLaunch: component.beforeLaunch,
        blockedBy: () => undefined,
        crashProblem: () => {
          throw new Error('it has no processes here');
        },
      },
      { ...options, health: { ...health, fixedInterval: true }, watchOnly: true },
    );
    supervisor.onDidChange(() => this.#changed.fire());
    return { component, supervisor, runningSince: () => undefined };
  }
}

const plannedAt = (address: string): PlannedComponent => ({
  ...{ id: `service:${address}`, kind: 'service', name: address, remote: address },
  ...{ dependsOn: [], processes: [], command: [], commandEnv: {} },
  probes: { live: '/livez', ready: '/readyz' },
  ...(/^grpcs?:/.test(address) ? { listens: 'grpc' } : {}),
});
