import { duplexPair, type Duplex } from 'node:stream';
import { Emitter } from '../../src/core/events';
import type { Problem } from '../../src/core/model';
import { cancelled } from '../../src/core/problem';
import type {
  AppliedBento,
  AppliedComponent,
  AppliedState,
  AppliedWorker,
  TerminalProgram,
  WorkerLogRequest,
} from '../../src/core/target/target';
import { untilAborted } from '../../src/core/until-aborted';

export const worker = (values: Partial<AppliedWorker> = {}): AppliedWorker => ({
  ...{ name: 'search-http-1', component: 'http', number: 1, state: 'ready' },
  ...{ restarts: 0, startedAt: 1_700_000_000_000 },
  ...values,
});

/** A component with one worker in the same state. */
export const applied = (values: Partial<AppliedComponent> = {}): AppliedComponent => {
  const { id = 'http', state = 'ready', reason } = values;
  const own = { name: `search-${id.replace(':', '-')}-1`, component: id, state };
  return {
    ...{ id, state, workers: [worker({ ...own, ...(reason === undefined ? {} : { reason }) })] },
    ...values,
  };
};

interface FollowedLog extends WorkerLogRequest {
  /** The output ends. */
  readonly end: () => void;
  readonly fail: (error: Error) => void;
}

/** A bento on an engine that runs nothing: tests decide what its state is, and what it refuses. */
export class FakeApplied implements AppliedBento {
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly calls: string[] = [];
  /** The logs that are followed now. */
  readonly logsFollowed: FollowedLog[] = [];
  /** All requests for logs. */
  readonly logRequests: WorkerLogRequest[] = [];
  state: AppliedState;
  isDisposed = false;
  mountsSource = false;
  /** Answers a request to stop or restart. */
  answer: (call: string, signal: AbortSignal) => Promise<void> = () => Promise.resolve();
  /** Answers a request for a log. Default: it goes on until a test ends it. */
  log: ((request: WorkerLogRequest) => Promise<void>) | undefined;

  constructor(components: readonly AppliedComponent[] = [applied()]) {
    this.state = { components };
  }

  has(...components: readonly AppliedComponent[]): void {
    this.#set({ components });
  }

  /** The engine does not answer from now on. */
  lose(since: number, problem: Problem): void {
    this.#set({ ...this.state, unknown: { since, problem } });
  }

  #set(state: AppliedState): void {
    this.state = state;
    if (!this.isDisposed) this.#changed.fire();
  }

  /** The connections to workers; the test has the other end. */
  readonly connections: { readonly worker: string; readonly port: number; readonly end: Duplex }[] =
    [];

  connect({ name }: AppliedWorker, port: number): Duplex {
    const [own, end] = duplexPair();
    this.connections.push({ worker: name, port, end });
    return own;
  }

  async logs(request: WorkerLogRequest): Promise<void> {
    this.logRequests.push(request);
    if (this.log !== undefined) return this.log(request);
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const followed = { ...request, end: () => resolve(undefined), fail: reject };
    this.logsFollowed.push(followed);
    try {
      await untilAborted(request.signal, promise);
    } finally {
      this.logsFollowed.splice(this.logsFollowed.indexOf(followed), 1);
    }
  }

  shell({ name }: AppliedWorker): TerminalProgram {
    return { file: '/usr/bin/docker', args: ['exec', name], env: {} };
  }

  async describe(component: string, one: AppliedWorker | undefined): Promise<string> {
    return Promise.resolve(`${component} ${one?.name ?? 'itself'}`);
  }

  async scale(component: string, count: number, signal: AbortSignal): Promise<void> {
    this.calls.push(`scale ${component} ${count}`);
    await this.answer('scale', signal);
  }

  async restart(component: string | undefined, signal: AbortSignal): Promise<void> {
    this.calls.push(`restart ${component ?? 'all'}`);
    await this.answer('restart', signal);
    if (signal.aborted) throw cancelled();
  }

  async stop(signal: AbortSignal): Promise<void> {
    this.calls.push('stop');
    await this.answer('stop', signal);
  }

  dispose(): void {
    this.isDisposed = true;
    this.#changed.dispose();
  }
}
