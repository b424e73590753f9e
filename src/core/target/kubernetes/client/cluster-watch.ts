import type { Clock } from '../../../clock';
import { Emitter, type Disposable, type Event } from '../../../events';
import { pause } from '../../../pause';
import type { Problem } from '../../../model';
import { problemOf } from '../../../problem';
import { clusterDeployment, type ClusterDeployment } from './cluster-deployment';
import { clusterPod, type ClusterPod } from './cluster-pod';
import type { ClusterReader } from './cluster-reader';
import { deployments, pods, selectorOf, type ResourcePaths } from './resource-paths';
import { ResourceWatch } from './resource-watch';

/** The last known state of the Deployments and pods with our labels. */
export interface ClusterState {
  readonly deployments: readonly ClusterDeployment[];
  readonly pods: readonly ClusterPod[];
  /** Present if the cluster does not answer. The objects may have changed since. */
  readonly unknown?: {
    /** Milliseconds since the epoch. */
    readonly since: number;
    readonly problem: Problem;
  };
}

export interface ClusterWatchTimings {
  /** The time in which changes are collected, because they come in bursts. */
  readonly settleMs: number;
  /** The shortest and the longest time between two reports while changes do not stop. */
  readonly busySettleMs: number;
  readonly longestSettleMs: number;
  /** Without any change for this long, the cluster is asked whether it still answers. */
  readonly beatMs: number;
  /** The same where each request starts a process. */
  readonly costlyBeatMs: number;
  readonly beatTimeoutSeconds: number;
  /** The shortest time between two watches, if a server or a proxy ends them at once. */
  readonly shortestWatchMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

export const clusterWatchTimings: ClusterWatchTimings = {
  settleMs: 100,
  busySettleMs: 1_000,
  longestSettleMs: 2_000,
  beatMs: 1_000,
  costlyBeatMs: 5_000,
  beatTimeoutSeconds: 2,
  shortestWatchMs: 1_000,
  firstRetryMs: 500,
  longestRetryMs: 2_000,
};

/** The share of the time that reports may take. Each one takes many milliseconds if there are thousands of pods. */
const reportShare = 0.01;

type Watch = ResourceWatch<ClusterDeployment> | ResourceWatch<ClusterPod>;

/** Watches the objects with some labels in a namespace. */
export class ClusterWatch implements Disposable {
  readonly #cluster: ClusterReader;
  readonly #paths: ResourcePaths;
  readonly #clock: Clock;
  readonly #timings: ClusterWatchTimings;
  readonly #selector: string;
  readonly #deployments: ResourceWatch<ClusterDeployment>;
  readonly #pods: ResourceWatch<ClusterPod>;
  readonly #changed = new Emitter<void>();
  readonly #end = new AbortController();
  /** Ends the present connections. */
  #connection = new AbortController();
  /** The watches that have failed, with their number of failures. */
  readonly #failures = new Map<Watch, number>();
  #unknown: ClusterState['unknown'];
  #lastLife = 0;
  #settling: Disposable | undefined;
  /** The earliest time of the next report. */
  #nextReport = -Infinity;
  #asking: Promise<void> | undefined;

  constructor(
    cluster: ClusterReader,
    paths: ResourcePaths,
    labels: Readonly<Record<string, string>>,
    clock: Clock,
    timings: ClusterWatchTimings = clusterWatchTimings,
  ) {
    this.#cluster = cluster;
    this.#paths = paths;
    this.#clock = clock;
    this.#timings = timings;
    this.#selector = selectorOf(labels);
    const selector = this.#selector;
    const onChange = (): void => this.#changeSoon();
    this.#deployments = new ResourceWatch(
      ...([cluster, paths] as const),
      { kind: deployments, selector, read: clusterDeployment },
      onChange,
    );
    this.#pods = new ResourceWatch(
      ...([cluster, paths] as const),
      { kind: pods, selector, read: clusterPod },
      onChange,
    );
  }

  readonly onDidChange: Event<void> = this.#changed.event;

  get state(): ClusterState {
    return {
      deployments: [...this.#deployments.items.values()],
      pods: [...this.#pods.items.values()],
      ...(this.#unknown && { unknown: this.#unknown }),
    };
  }

  /** Call this once. Resolves after the first look, whether or not it succeeds. */
  async start(): Promise<void> {
    const watches: readonly Watch[] = [this.#deployments, this.#pods];
    await Promise.all(watches.map((watch) => this.#begin(watch)));
    void this.#beat();
  }

  dispose(): void {
    this.#end.abort();
    this.#connection.abort();
    this.#settling?.dispose();
    this.#changed.dispose();
  }

  /** A method, because the result can change during an `await`. */
  #isOver(): boolean {
    return this.#end.signal.aborted;
  }

  /** Resolves after the first list, and then follows the changes. */
  #begin(watch: Watch): Promise<void> {
    return new Promise((resolve) => {
      void this.#follow(watch, resolve);
    });
  }

  async #follow(watch: Watch, onFirst: () => void): Promise<void> {
    while (!this.#isOver()) {
      const connection = this.#connection.signal;
      const started = this.#clock.now();
      let isOk = true;
      try {
        const failures = this.#failures.get(watch) ?? 0;
        // A short request finds out whether the cluster answers again.
        if (failures > 0) await this.#ask();
        if (failures > 0 || !watch.canContinue) await watch.list(this.#end.signal);
        this.#succeeded(watch);
        onFirst();
        await watch.watch(() => (this.#lastLife = this.#clock.now()), connection);
      } catch (error) {
        if (this.#isOver()) break;
        // Another part of this object has reported why the connection was ended.
        this.#failed(watch, connection.aborted ? undefined : error);
        isOk = false;
        onFirst();
      }
      const lasted = this.#clock.now() - started;
      const { shortestWatchMs } = this.#timings;
      const wait = isOk ? Math.max(0, shortestWatchMs - lasted) : this.#retryMs(watch);
      await pause(this.#clock, wait, this.#end.signal);
    }
    onFirst();
  }

  /** Finds out whether the cluster still answers: a lost network does not end connections for a long time. */
  async #beat(): Promise<void> {
    const { beatMs: cheap, costlyBeatMs } = this.#timings;
    while (!this.#isOver()) {
      const beatMs = this.#cluster.isCheap ? cheap : costlyBeatMs;
      await pause(this.#clock, beatMs, this.#end.signal);
      const isQuiet = this.#clock.now() - this.#lastLife >= beatMs;
      if (this.#isOver() || !isQuiet || this.#failures.size > 0) continue;
      try {
        await this.#ask();
      } catch (error) {
        if (this.#isOver()) return;
        this.#setUnknown(error);
        this.#connection.abort();
        this.#connection = new AbortController();
      }
    }
  }

  /** Both watches ask at the same time when the connection is lost. */
  #ask(): Promise<void> {
    this.#asking ??= this.#askNow().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #askNow(): Promise<void> {
    const path = this.#paths.list(pods, { labelSelector: this.#selector, limit: '1' });
    const seconds = this.#timings.beatTimeoutSeconds;
    await this.#cluster.get(path, {
      ...{ signal: this.#end.signal, requestSeconds: seconds, timeoutMs: 1_000 * (seconds + 1) },
    });
  }

  #succeeded(watch: Watch): void {
    this.#failures.delete(watch);
    this.#lastLife = this.#clock.now();
    if (this.#failures.size > 0 || this.#unknown === undefined) return;
    this.#unknown = undefined;
    this.#changeSoon();
  }

  #failed(watch: Watch, error: unknown): void {
    this.#failures.set(watch, (this.#failures.get(watch) ?? 0) + 1);
    if (error !== undefined) this.#setUnknown(error);
  }

  #setUnknown(error: unknown): void {
    const problem = problemOf(error, 'engine-failed');
    const before = this.#unknown;
    const texts = JSON.stringify(problem.texts);
    if (before !== undefined && JSON.stringify(before.problem.texts) === texts) return;
    this.#unknown = { since: before?.since ?? this.#clock.date(), problem };
    this.#changeSoon();
  }

  #changeSoon(): void {
    if (this.#isOver()) return;
    const wait = Math.max(this.#timings.settleMs, this.#nextReport - this.#clock.now());
    this.#settling ??= this.#clock.after(wait, () => {
      this.#settling = undefined;
      this.#report();
    });
  }

  #report(): void {
    const { busySettleMs, longestSettleMs } = this.#timings;
    const from = this.#clock.now();
    this.#changed.fire();
    const pauseMs = (this.#clock.now() - from) / reportShare;
    this.#nextReport = from + Math.min(Math.max(pauseMs, busySettleMs), longestSettleMs);
  }

  #retryMs(watch: Watch): number {
    const { firstRetryMs, longestRetryMs } = this.#timings;
    const failures = this.#failures.get(watch) ?? 1;
    return Math.min(firstRetryMs * 2 ** (failures - 1), longestRetryMs);
  }
}
