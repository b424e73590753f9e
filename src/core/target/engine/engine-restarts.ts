import type { Argument } from '../../messages/message';
import { cancelled } from '../../problem';
import type { AppliedBento, AppliedComponent, AppliedWorker } from '../target';

export interface RestartRequest {
  /** A component's id. Absent for all components. */
  readonly component: string | undefined;
  /** The text on the row until the new workers run. */
  readonly reason: Argument;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

interface Restart extends RestartRequest {
  /** When each worker that is to be replaced was started, by its name. Absent while it waits for another restart. */
  replaced?: ReadonlyMap<string, number | undefined>;
}

/** Restarts components on an engine, one request after the other. Until then it hides that the old workers are ready. */
export class EngineRestarts {
  readonly #stopsFirst: boolean;
  readonly #onChange: () => void;
  readonly #restarts = new Set<Restart>();
  #last: Promise<unknown> = Promise.resolve();

  /** @param stopsFirst whether the engine stops a worker before it starts the next one */
  constructor(stopsFirst: boolean, onChange: () => void) {
    this.#stopsFirst = stopsFirst;
    this.#onChange = onChange;
  }

  /** Resolves when new workers have been started. */
  async run(applied: AppliedBento, request: RestartRequest, signal: AbortSignal): Promise<void> {
    const restart: Restart = { ...request };
    this.#restarts.add(restart);
    const turn = this.#last.then(async () => {
      if (signal.aborted) throw cancelled();
      restart.replaced = workersOf(applied, request);
      await applied.restart(request.component, signal);
    });
    this.#last = turn.catch(() => undefined);
    this.#onChange();
    try {
      await turn;
    } finally {
      this.#restarts.delete(restart);
      this.#onChange();
    }
  }

  /** Resolves when no restart is under way. */
  async ended(): Promise<void> {
    await this.#last;
  }

  /** Returns the component as people see it. */
  shown(component: AppliedComponent): AppliedComponent {
    const own = [...this.#restarts].filter((one) => concerns(one, component));
    // The last one has the newest reason.
    const restart = own.at(-1);
    if (restart === undefined) return component;
    const { workers, state } = component;
    const isOld = (worker: AppliedWorker): boolean => own.some((one) => replaces(one, worker));
    if (workers.length > 0 && !workers.some(isOld)) return component;
    // The new workers fail beside the old ones.
    if (!this.#stopsFirst && (state === 'failed' || state === 'backingOff')) return component;
    const { reason, since } = restart;
    return {
      ...component,
      ...{ state: 'starting', reason, startedAt: since },
      ...(this.#stopsFirst && {
        workers: workers.map((worker) => (isOld(worker) ? stopping(worker) : worker)),
      }),
    };
  }
}

const concerns = ({ component }: RestartRequest, { id }: Pick<AppliedComponent, 'id'>): boolean =>
  component === undefined || component === id;

const workersOf = (
  { state: { components } }: AppliedBento,
  request: RestartRequest,
): NonNullable<Restart['replaced']> =>
  new Map(
    components
      .filter((one) => concerns(request, one))
      .flatMap(({ workers }) => workers.map(({ name, startedAt }) => [name, startedAt])),
  );

const replaces = ({ replaced }: Restart, { name, startedAt, state }: AppliedWorker): boolean =>
  state !== 'stopping' &&
  (replaced === undefined || (replaced.has(name) && replaced.get(name) === startedAt));

/** Returns the component as people see it while it is removed from its engine. */
export function beingStopped(component: AppliedComponent): AppliedComponent {
  return { ...stopping(component), workers: component.workers.map(stopping) };
}

/** Returns it as stopping, unless it has already ended. */
function stopping<T extends AppliedComponent | AppliedWorker>(one: T): T {
  return one.state === 'ready' || one.state === 'unhealthy' || one.state === 'starting'
    ? { ...one, state: 'stopping', reason: undefined }
    : one;
}
