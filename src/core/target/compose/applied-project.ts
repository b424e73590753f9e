import type { Duplex } from 'node:stream';
import type { Event } from '../../events';
import type {
  AppliedBento,
  AppliedComponent,
  AppliedState,
  AppliedWorker,
  TerminalProgram,
  WorkerLogRequest,
} from '../target';
import type { ComposeClient } from './client/compose-client';
import type { Container } from './client/container';
import { componentState, containerState } from './client/container-state';
import type { ProjectWatch } from './client/project-watch';
import {
  addressLabel,
  componentIdLabel,
  graceLabel,
  mountsSourceLabel,
  pythonLabel,
} from './compose-resources';
import { relayCommand } from './relay-command';

/** A bento that runs as a Compose project. */
export class AppliedProject implements AppliedBento {
  readonly #client: ComposeClient;
  readonly #watch: ProjectWatch;
  /** Services by the ids of their components. One without containers is still a component. */
  readonly #services = new Map<string, string>();

  /** @param components the ids of components by their services, as far as they are known */
  constructor(
    client: ComposeClient,
    watch: ProjectWatch,
    components: Readonly<Record<string, string>>,
  ) {
    this.#client = client;
    this.#watch = watch;
    for (const [service, id] of Object.entries(components)) this.#services.set(id, service);
  }

  get onDidChange(): Event<void> {
    return this.#watch.onDidChange;
  }

  get mountsSource(): boolean {
    return this.#watch.state.containers.some(({ labels }) => mountsSourceLabel in labels);
  }

  get state(): AppliedState {
    const { containers, unknown } = this.#watch.state;
    const own = new Map<string, Container[]>();
    for (const container of containers) {
      const { service, labels } = container;
      this.#services.set(labels[componentIdLabel] ?? service, service);
      own.set(service, [...(own.get(service) ?? []), container]);
    }
    return {
      components: [...this.#services].map(([id, service]) => component(id, own.get(service) ?? [])),
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
    ...(address === undefined ? {} : { address }),
  };
}
