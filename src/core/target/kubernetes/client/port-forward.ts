import type { Clock } from '../../../clock';
import { Emitter, type Disposable, type Event } from '../../../events';
import { problemTexts, say } from '../../../messages/message';
import type { Problem } from '../../../model';
import { pause } from '../../../pause';
import { problemOf } from '../../../problem';
import type { Kubectl } from './kubectl';
import type { ClusterPlace } from './kubectl-program';

/** The local end of a port of a component's pods. */
export interface ForwardedPort {
  readonly host: string;
  readonly port: number;
  /** The port of the pods. */
  readonly podPort: number;
}

/** Whether connections to the local port reach a pod. */
export type ForwardState =
  | { readonly isUp: true; readonly pod: string }
  /** Without a problem, no pod is ready, or the connection is being made. */
  | { readonly isUp: false; readonly problem?: Problem };

const firstRetryMs = 500;
const longestRetryMs = 8_000;
/** A connection that lasts this long has worked. */
const steadyMs = 5_000;

/**
 * Forwards a port of this machine to a ready pod, and to another one when that pod is no longer ready. kubectl itself
 * chooses a pod of a Service once, and ends with it.
 */
export class PortForward implements Disposable {
  readonly #kubectl: Kubectl;
  readonly #clock: Clock;
  readonly #port: ForwardedPort;
  readonly #changed = new Emitter<void>();
  readonly #end = new AbortController();
  #ready: readonly string[] = [];
  #state: ForwardState = { isUp: false };
  #pod: string | undefined;
  /** Ends the present kubectl. */
  #connection = new AbortController();
  /** Ends the present pause. */
  #wake = new AbortController();
  #failures = 0;

  constructor(kubectl: Kubectl, clock: Clock, port: ForwardedPort) {
    this.#kubectl = kubectl;
    this.#clock = clock;
    this.#port = port;
    void this.#follow();
  }

  readonly onDidChange: Event<void> = this.#changed.event;

  get port(): ForwardedPort {
    return this.#port;
  }

  get state(): ForwardState {
    return this.#state;
  }

  /** Sets the names of the ready pods. */
  setReady(pods: readonly string[]): void {
    this.#ready = pods;
    if (this.#pod === undefined) {
      // Without a failure, only a ready pod was missing.
      if (pods.length > 0 && this.#failures === 0) this.#wake.abort();
    } else if (!pods.includes(this.#pod)) this.#connection.abort();
  }

  dispose(): void {
    this.#end.abort();
    this.#wake.abort();
    this.#connection.abort();
    this.#changed.dispose();
  }

  /** A method, because the result can change during an `await`. */
  #isOver(): boolean {
    return this.#end.signal.aborted;
  }

  async #follow(): Promise<void> {
    while (!this.#isOver()) {
      const [pod] = this.#ready;
      if (pod === undefined) {
        this.#set({ isUp: false });
        this.#failures = 0;
        await this.#pause(longestRetryMs);
        continue;
      }
      const started = this.#clock.now();
      const problem = await this.#forward(pod);
      if (this.#isOver()) return;
      const isSteady = this.#clock.now() - started >= steadyMs;
      // The pod is no longer ready: the next one is taken at once.
      if (problem === undefined) continue;
      this.#failures = isSteady ? 1 : this.#failures + 1;
      this.#set({ isUp: false, problem });
      await this.#pause(Math.min(firstRetryMs * 2 ** (this.#failures - 1), longestRetryMs));
    }
  }

  /** Forwards to a pod until that ends. Returns the problem, unless it was ended for another pod. */
  async #forward(pod: string): Promise<Problem | undefined> {
    const { host, port, podPort } = this.#port;
    const connection = new AbortController();
    this.#connection = connection;
    this.#pod = pod;
    try {
      const args = ['port-forward', `pod/${pod}`, `${port}:${podPort}`, `--address=${host}`];
      await this.#kubectl.stream(args, {
        signal: connection.signal,
        onOutput: (text, stream) => {
          if (stream === 'stdout' && text.includes('Forwarding from')) {
            this.#set({ isUp: true, pod });
          }
        },
      });
      return connectionClosed(this.#kubectl.place);
    } catch (error) {
      return connection.signal.aborted ? undefined : problemOf(error, 'engine-failed');
    } finally {
      this.#pod = undefined;
    }
  }

  async #pause(ms: number): Promise<void> {
    this.#wake = new AbortController();
    await pause(this.#clock, ms, AbortSignal.any([this.#wake.signal, this.#end.signal]));
  }

  #set(state: ForwardState): void {
    if (this.#isOver() || JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#changed.fire();
  }
}

function connectionClosed({ context }: ClusterPlace): Problem {
  const reason = say('engineConnectionClosed');
  const texts = problemTexts(say('clusterUnreachable', { context, reason }), reason);
  return { code: 'engine-unreachable', ...texts };
}
