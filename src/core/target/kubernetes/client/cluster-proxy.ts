import { rm } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import path from 'node:path';
import type { Clock } from '../../../clock';
import type { Disposable } from '../../../events';
import type { Run } from '../../../programs/run';
import { withTimeout } from '../../../with-timeout';
import { watchKubeconfig } from './kubeconfig';
import { kubectlEnv } from './kubectl-env';
import type { KubectlProgram } from './kubectl-program';

export interface ClusterProxyParts {
  readonly clock: Clock;
  readonly run: Run;
  readonly program: KubectlProgram;
  readonly env: NodeJS.ProcessEnv;
  readonly context: string;
  /** The files with the configuration of kubectl, see `kubeconfigFiles`. */
  readonly kubeconfig: readonly string[];
  /** Makes an empty folder that only this user may enter, with a path that is short enough for sockets. */
  readonly makeFolder: () => Promise<string>;
}

interface GetOptions {
  readonly signal?: AbortSignal | undefined;
  /** The longest time without any output. */
  readonly idleTimeoutMs: number;
}

interface FollowOptions {
  readonly signal: AbortSignal;
  readonly onOutput: (text: string) => void;
}

/** Allows only requests for the resources that are watched. */
const acceptedPaths =
  '^(/[^?]*)?/(api/v1|apis/apps/v1)/namespaces/[^/]+/(pods|deployments|events)$';
const rejectedMethods = '^(POST|PUT|PATCH|DELETE|HEAD|OPTIONS|CONNECT|TRACE)$';

/** Ends kubectl when its standard input ends, as it does when the editor is killed, and removes its folder. */
const untilInputEnds = `exec 3<&0
"$@" 3<&- </dev/null &
child=$!
{ cat <&3 >/dev/null; kill "$child"; } &
exec 3<&-
wait "$child"
rm -f kubectl
rmdir "$PWD"`;

/** The shortest life of a kubectl whose configuration may be outdated. Others follow answers through it. */
const renewalMs = 60_000;
/** The time between two starts if kubectl does not listen. */
const startPauseMs = 30_000;
/** The time limit for kubectl to listen. After it, requests are sent without the proxy. */
const startMs = 3_000;

/**
 * A `kubectl proxy` that sends requests to the cluster of one context, on a Unix socket that only this user can open.
 * A request through it costs a hundredth of one that starts kubectl, and authentication plugins are run once. It is
 * started by the first request, and again after it has ended or its configuration has changed.
 */
export class ClusterProxy implements Disposable {
  readonly #parts: ClusterProxyParts;
  readonly #end = new AbortController();
  #socket: Promise<string> | undefined;
  /** Before this time there is no other start, because the last one has failed and would delay each request again. */
  #nextStart = -Infinity;
  /** Ends the present kubectl. */
  #present = new AbortController();
  /** When the present kubectl was started. */
  #startedAt = -Infinity;
  /** Whether the present kubectl has reported a failure. */
  #hasFailed = false;
  /** Counts the parts of answers that were received. */
  #received = 0;
  /** Resolves when the kubeconfig is being watched. Changes are noticed from then on. */
  #watching: Promise<unknown> | undefined;
  #configuration = 0;

  constructor(parts: ClusterProxyParts) {
    this.#parts = parts;
  }

  /** Increases when the kubeconfig changes: the context may have another cluster or user from then on. */
  get configuration(): number {
    return this.#configuration;
  }

  /** Returns the answer. @throws Error unless the answer is a success; its text is not for people */
  async get(url: string, { signal, idleTimeoutMs }: GetOptions): Promise<string> {
    let text = '';
    const onOutput = (part: string): void => void (text += part);
    await this.#send(url, { signal, idleTimeoutMs, onOutput });
    return text;
  }

  /** Follows an answer until it ends. @throws Error if there is none, or it is no success */
  async follow(url: string, { signal, onOutput }: FollowOptions): Promise<void> {
    await this.#send(url, { signal, onOutput, endsAnyhow: true });
  }

  /** Ends kubectl, whose connection may be dead. */
  restart(): void {
    this.#present.abort();
    this.#socket = undefined;
  }

  /** Ends a kubectl whose requests fail and those of a new one do not: the user has changed the configuration since. */
  renew(): void {
    const age = this.#parts.clock.now() - this.#startedAt;
    if (this.#hasFailed && age >= renewalMs) this.restart();
  }

  dispose(): void {
    this.#end.abort();
    this.restart();
  }

  async #send(
    url: string,
    { signal, idleTimeoutMs, onOutput, endsAnyhow = false }: SendOptions,
  ): Promise<void> {
    if (this.#socket === undefined && this.#parts.clock.now() < this.#nextStart) {
      throw new Error('kubectl did not listen');
    }
    const socketPath = await (this.#socket ??= this.#start());
    const signals = [signal ?? [], this.#end.signal, this.#present.signal].flat();
    const before = this.#received;
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    let isAnswered = false;
    const sent = request({ socketPath, path: url, signal: AbortSignal.any(signals), agent: false });
    sent.once('response', (response: IncomingMessage) => {
      this.#received += 1;
      isAnswered = response.statusCode === 200;
      if (response.statusCode !== 200) {
        this.#hasFailed = true;
        reject(new Error(`status ${String(response.statusCode)}`));
        response.destroy();
        return;
      }
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        this.#received += 1;
        onOutput(part);
      });
      response.once('end', () => resolve(undefined));
      // A watch that is cut off is a watch that has ended.
      response.once('error', endsAnyhow ? () => resolve(undefined) : reject);
    });
    // Also once there is an answer: the request reports a cancellation before the answer does.
    sent.on('error', (error) => (endsAnyhow && isAnswered ? resolve(undefined) : reject(error)));
    if (idleTimeoutMs !== undefined) {
      sent.setTimeout(idleTimeoutMs, () => {
        // Others may have got answers over the same connection.
        if (this.#received === before) this.restart();
        sent.destroy(new Error('no answer'));
      });
    }
    sent.end();
    await promise;
  }

  /** Restarts kubectl, which keeps the configuration that it was started with. */
  #useNewConfiguration(): void {
    this.#configuration += 1;
    this.#nextStart = -Infinity;
    this.restart();
  }

  async #watchKubeconfig(): Promise<void> {
    const { clock, kubeconfig: files } = this.#parts;
    const onChange = (): void => this.#useNewConfiguration();
    await withTimeout(
      clock,
      startMs,
      watchKubeconfig({ clock, files, signal: this.#end.signal, onChange }),
    );
  }

  async #start(): Promise<string> {
    const present = new AbortController();
    this.#present = present;
    this.#startedAt = this.#parts.clock.now();
    this.#hasFailed = false;
    const { clock, run, program, env, context, makeFolder } = this.#parts;
    await (this.#watching ??= this.#watchKubeconfig());
    const folder = await makeFolder().catch((error: unknown) => {
      if (this.#present === present) this.#socket = undefined;
      throw error;
    });
    const socket = path.join(folder, 'kubectl');
    const args = [
      ...[`--context=${context}`, 'proxy', `--unix-socket=${socket}`],
      ...[`--accept-paths=${acceptedPaths}`, `--reject-methods=${rejectedMethods}`],
    ];
    const listening = Promise.withResolvers<string>();
    const signal = AbortSignal.any([present.signal, this.#end.signal]);
    let isListening = false;
    const failed = (error: Error): void => {
      if (!isListening && !signal.aborted) this.#nextStart = clock.now() + startPauseMs;
      listening.reject(error);
    };
    const limit = clock.after(startMs, () => failed(new Error('kubectl does not listen')));
    // Its first line comes when it listens.
    const onOutput = (_: string, stream: string): void => {
      if (stream !== 'stdout') return;
      isListening = true;
      listening.resolve(socket);
    };
    const ended = run('/bin/sh', ['-c', untilInputEnds, 'sh', program.file, ...args], {
      ...{ cwd: folder, env: kubectlEnv(env), maxBytes: 64_000 },
      ...{ signal, onOutput, inputStaysOpen: true },
    });
    void ended
      .catch(() => undefined)
      .then(async () => {
        failed(new Error('kubectl has ended'));
        if (this.#present === present) this.restart();
        await rm(folder, { recursive: true, force: true });
      });
    try {
      return await listening.promise;
    } catch (error) {
      present.abort();
      if (this.#present === present) this.#socket = undefined;
      throw error;
    } finally {
      limit.dispose();
    }
  }
}

interface SendOptions {
  readonly signal?: AbortSignal | undefined;
  readonly idleTimeoutMs?: number;
  readonly onOutput: (part: string) => void;
  /** Whether an answer that is cut off is no failure. */
  readonly endsAnyhow?: boolean;
}
