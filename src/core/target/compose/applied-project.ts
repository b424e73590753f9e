import type { Duplex } from 'node:stream';
import type { Event } from '../../events';
import { KeyedMemo } from '../../keyed-memo';
import type {
  AppliedBento,
  AppliedComponent,
  AppliedState,
  AppliedWorker,
  TerminalProgram,
  WorkerLogRequest,
} from '../target';
import { problemTexts, say } from '../../messages/message';
import { ServeError } from '../../problem';
import { componentGone } from '../component-gone';
import type { ComposeClient } from './client/compose-client';
import type { Container } from './client/container';
import { componentState, containerState } from './client/container-state';
import type { ProjectState, ProjectWatch } from './client/project-watch';
import {
  addressLabel,
  componentIdLabel,
  graceLabel,
  mountsSourceLabel,
  pythonLabel,
} from './compose-resources';
import { describeContainers } from './describe-containers';
import { relayCommand } from './relay-command';
import { scaleService } from './scale-service';

/** A bento that runs as a Compose project. */
export class AppliedProject implements AppliedBento {
  readonly #client: ComposeClient;
  readonly #watch: ProjectWatch;
  readonly #folder: string;
  /** Services by the ids of their components. One without containers is still a component. */
  readonly #services = new Map<string, string>();
  readonly #made = new KeyedMemo<string, AppliedComponent>();
  readonly #states = new KeyedMemo<'state', AppliedState>();

  /**
   * @param components the ids of components by their services, as far as they are known
   * @param folder the folder with the files of the last apply
   */
  constructor(
    client: ComposeClient,
    watch: ProjectWatch,
    components: Readonly<Record<string, string>>,
    folder: string,
  ) {
    this.#client = client;
    this.#watch = watch;
    this.#folder = folder;
    for (const [service, id] of Object.entries(components)) this.#services.set(id, service);
  }

  get onDidChange(): Event<void> {
    return this.#watch.onDidChange;
  }

  get mountsSource(): boolean {
    return this.#watch.state.containers.some(({ labels }) => mountsSourceLabel in labels);
  }

  get state(): AppliedState {
    const { state } = this.#watch;
    return this.#states.get('state', [state], () => this.#stateOf(state));
  }

  #stateOf({ containers, unknown }: ProjectState): AppliedState {
    const own = new Map<string, Container[]>();
    for (const container of containers) {
      const { service, labels } = container;
      this.#services.set(labels[componentIdLabel] ?? service, service);
      own.set(service, [...(own.get(service) ?? []), container]);
    }
    return {
      components: [...this.#services].map(([id, service]) => {
        const containersOf = own.get(service) ?? [];
        return this.#made.get(id, containersOf, () => component(id, containersOf));
      }),
      ...(unknown && { unknown }),
    };
  }

  async logs({ worker, ...request }: WorkerLogRequest): Promise<void> {
    await this.#client.logs({
      ...request,
      ...{ service: this.#service(worker.component), number: worker.number },
    });
  }

  shell({ component: id, number }: AppliedWorker): TerminalProgram {
    return this.#client.shell({ service: this.#service(id), number });
  }

  connect({ name, component: id, number }: AppliedWorker, port: number): Duplex {
    const container = this.#watch.state.containers.find((one) => one.name === name);
    const command = relayCommand(container?.labels[pythonLabel] ?? 'python', port);
    return this.#client.exec({ service: this.#service(id), number }, command);
  }

  async describe(
    id: string,
    worker: AppliedWorker | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    const chosen = this.#containers(id).filter(
      ({ name }) => worker === undefined || worker.name === name,
    );
    if (chosen.length === 0) throw componentGone(id);
    const ids = chosen.map((one) => one.id);
    return describeContainers(await this.#client.inspect(ids, signal));
  }

  async scale(id: string, count: number, signal: AbortSignal): Promise<void> {
    const containers = this.#containers(id);
    if (containers.length === 0) throw componentGone(id);
    if (containers.some(({ labels }) => labels[addressLabel] !== undefined)) {
      const texts = problemTexts(say('scaleOfPort', { component: id }));
      throw new ServeError({ code: 'engine-rejected', component: id, ...texts });
    }
    await scaleService({
      ...{ client: this.#client, folder: this.#folder, service: this.#service(id) },
      ...{ containers, count, graceMs: this.#graceMs, signal },
    });
    await this.#watch.refresh();
  }

  async restart(id: string | undefined, signal: AbortSignal): Promise<void> {
    const service = id === undefined ? undefined : this.#service(id);
    await this.#client.restart(service, this.#graceMs, signal);
    await this.#watch.refresh();
  }

  async stop(signal: AbortSignal): Promise<void> {
    await this.#client.down(this.#graceMs, signal);
    await this.#watch.refresh();
  }

  dispose(): void {
    this.#watch.dispose();
  }

  get #graceMs(): number {
    const labels = this.#watch.state.containers.map((one) => Number(one.labels[graceLabel]));
    const seconds = Math.max(...labels.filter((one) => Number.isFinite(one)));
    return 1_000 * (Number.isFinite(seconds) ? seconds : 10);
  }

  #containers(id: string): readonly Container[] {
    const service = this.#service(id);
    return this.#watch.state.containers.filter((one) => one.service === service);
  }

  #service(id: string): string {
    return this.#services.get(id) ?? id;
  }
}

function component(id: string, own: readonly Container[]): AppliedComponent {
  const workers = own.map((container): AppliedWorker => {
    const { name, number, restarts, startedAt } = container;
    return {
      ...{ name, component: id, number, restarts },
      shortName: `${container.service}-${number}`,
      ...containerState(container),
      ...(startedAt === undefined ? {} : { startedAt }),
    };
  });
  const address = own[0]?.labels[addressLabel];
  return {
    ...{ id, ...componentState(own), workers },
    ...(own.some(({ labels }) => pythonLabel in labels) ? { isDebugged: true } : {}),
    // All containers of a service would publish the same port of this machine.
    ...(address === undefined ? {} : { address, isSingle: true }),
  };
}
