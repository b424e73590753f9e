import type { Component } from '../../model';
import type { RunningComponent, RunningDetails } from '../running-component';
import type { ServedComponent } from './served-components';

/** The public view of a component that is supervised on this machine. */
export class ComponentView implements RunningComponent {
  readonly #served: ServedComponent;

  constructor(served: ServedComponent) {
    this.#served = served;
  }

  get id(): string {
    return this.#served.component.planned.id;
  }

  get snapshot(): Component {
    return snapshotOf(this.#served);
  }

  get details(): RunningDetails {
    return detailsOf(this.#served);
  }
}

function snapshotOf({ component, supervisor }: ServedComponent): Component {
  const { id, kind, name, remote } = component.planned;
  const { problem, startedAt, readyAt, latencyMs } = supervisor;
  const { address, url } = component;
  return Object.freeze({
    id,
    kind,
    name,
    state: supervisor.state,
    pids: Object.freeze([...component.workers.pids]),
    restarts: component.workers.restarts,
    ...(address.kind === 'tcp' ? { host: address.host, port: address.port } : {}),
    ...(url === undefined ? {} : { url }),
    ...(remote === undefined ? {} : { remote: true }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(readyAt === undefined ? {} : { readyAt }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(problem === undefined ? {} : { problem }),
  });
}

function detailsOf({ component, supervisor }: ServedComponent): RunningDetails {
  const { command, insteadOf, resources, workers } = component;
  const { recentErrors, stopping, waitingFor } = supervisor;
  return {
    workersWanted: workers.workersWanted,
    workersAlive: workers.workersAlive,
    resources,
    recentErrors,
    ...(command === undefined ? {} : { command }),
    ...(insteadOf === undefined ? {} : { insteadOf }),
    ...(waitingFor === undefined ? {} : { waitingFor }),
    ...(stopping === undefined ? {} : { stop: stopping }),
  };
}
