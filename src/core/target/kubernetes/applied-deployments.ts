import type { Duplex } from 'node:stream';
import type { Clock } from '../../clock';
import { Emitter, type Event } from '../../events';
import { isSame, KeyedMemo } from '../../keyed-memo';
import { problemTexts, say, type Argument } from '../../messages/message';
import type { Problem } from '../../model';
import { ServeError } from '../../problem';
import { untilAborted } from '../../until-aborted';
import { withTimeout } from '../../with-timeout';
import type {
  AppliedBento,
  AppliedComponent,
  AppliedState,
  AppliedWorker,
  TerminalProgram,
  WorkerLogRequest,
} from '../target';
import type { ClusterChanges } from './client/cluster-changes';
import type { ClusterDeployment } from './client/cluster-deployment';
import type { ClusterPod } from './client/cluster-pod';
import type { ClusterWatch } from './client/cluster-watch';
import { autoscalersOf, scaledByAutoscaler } from './client/autoscalers';
import { followLogs, restartDeployments, scaleDeployment, shellIn } from './client/commands';
import { describe } from './client/describe';
import { forwardedStream } from './client/forwarded-stream';
import type { Kubectl } from './client/kubectl';
import type { PodDetails } from './client/pod-details';
import { componentGone } from '../component-gone';
import { componentOf, isLate } from './component-of';
import { Forwards } from './forwards';
import { PodNumbers } from './pod-numbers';

export interface AppliedParts {
  readonly kubectl: Kubectl;
  readonly clock: Clock;
  readonly watch: ClusterWatch;
  readonly changes: ClusterChanges;
  /** @param onChange is called when there are new details */
  readonly details: (onChange: () => void) => PodDetails;
  /** Called when the watch has ended. */
  readonly onDispose: () => void;
}

/** The time for stopping, beyond the grace period of the pods. */
const stopSeconds = 60;

/** A bento that runs as Deployments in a cluster. */
export class AppliedDeployments implements AppliedBento {
  readonly mountsSource = false;
  readonly #parts: AppliedParts;
  readonly #changed = new Emitter<void>();
  /** Fires even if nothing has changed that people see. */
  readonly #updated = new Emitter<void>();
  readonly #details: PodDetails;
  readonly #forwards: Forwards;
  readonly #numbers = new Map<string, PodNumbers>();
  /** By label. With thousands of pods, most changes concern one component. */
  readonly #made = new KeyedMemo<string, AppliedComponent>();
  /** The ids of the components by their labels. One without a Deployment is still a component. */
  readonly #components: Map<string, string>;
  #graceSeconds = 30;
  #isDisposed = false;
  #state: AppliedState = { components: [] };

  /** @param components the ids of the components by their labels, as far as they are known */
  constructor(parts: AppliedParts, components: Readonly<Record<string, string>>) {
    this.#parts = parts;
    this.#components = new Map(Object.entries(components));
    const update = (): void => this.#update();
    this.#details = parts.details(update);
    this.#forwards = new Forwards(parts.kubectl, parts.clock, update);
    parts.watch.onDidChange(update);
    this.#update();
  }

  readonly onDidChange: Event<void> = this.#changed.event;

  get state(): AppliedState {
    return this.#state;
  }

  /** Whether the cluster has nothing of this bento. */
  get isEmpty(): boolean {
    const { deployments, pods } = this.#parts.watch.state;
    return deployments.length === 0 && pods.length === 0;
  }

  /** Resolves when each address leads to a pod. @throws ServeError `port-in-use` */
  async untilForwarded(signal: AbortSignal): Promise<void> {
    const forwards = this.#forwards;
    const inUse = (): Problem | undefined =>
      forwards.problems.find(({ code }) => code === 'port-in-use');
    await this.#until(signal, () => forwards.areUp || inUse() !== undefined);
    const problem = inUse();
    if (problem !== undefined) throw new ServeError(problem);
  }

  async logs({ worker, ...request }: WorkerLogRequest): Promise<void> {
    await followLogs(this.#parts.kubectl, { ...request, pod: worker.name });
  }

  shell({ name }: AppliedWorker): TerminalProgram {
    return shellIn(this.#parts.kubectl, name);
  }

  connect({ name }: AppliedWorker, port: number): Duplex {
    return forwardedStream(this.#parts.kubectl, name, port);
  }

  async restart(id: string | undefined, signal: AbortSignal): Promise<void> {
    const all = this.#parts.watch.state.deployments;
    const chosen = all.filter(({ componentId }) => id === undefined || componentId === id);
    const names = chosen.map(({ name }) => name);
    await this.untilUpdated(await restartDeployments(this.#parts.kubectl, names, signal), signal);
  }

  /** Resolves when the pods of these generations of Deployments have replaced all earlier ones. */
  async untilUpdated(generations: ReadonlyMap<string, number>, signal: AbortSignal): Promise<void> {
    await this.#until(signal, () => this.isUpdated(generations));
  }

  /** Whether the pods of these generations of Deployments have replaced all earlier ones. */
  isUpdated(generations: ReadonlyMap<string, number>): boolean {
    const { deployments } = this.#parts.watch.state;
    const byName = new Map(deployments.map((one) => [one.name, one]));
    return [...generations].every(([name, generation]) => {
      const found = byName.get(name);
      return found !== undefined && found.generation >= generation && found.isUpdated;
    });
  }

  async describe(
    id: string,
    worker: AppliedWorker | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    const { kubectl } = this.#parts;
    if (worker !== undefined) return describe(kubectl, `pod/${worker.name}`, signal);
    return describe(kubectl, `deployment/${this.#deployment(id).name}`, signal);
  }

  async scale(id: string, count: number, signal: AbortSignal): Promise<void> {
    const { kubectl } = this.#parts;
    const { name } = this.#deployment(id);
    const autoscaler = (await autoscalersOf(kubectl, signal)).get(name);
    if (autoscaler !== undefined) throw scaledByAutoscaler(id, autoscaler);
    await scaleDeployment(kubectl, name, count, signal);
  }

  /** @throws ServeError `not-found` */
  #deployment(id: string): ClusterDeployment {
    const { deployments } = this.#parts.watch.state;
    const found = deployments.find(({ componentId }) => componentId === id);
    if (found === undefined) throw componentGone(id);
    return found;
  }

  async stop(signal: AbortSignal): Promise<void> {
    await this.#parts.changes.delete(signal);
    // Without the watch, it is unknown when the pods are gone.
    if (!this.#isDisposed) await this.#untilGone(signal);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#parts.watch.dispose();
    this.#details.dispose();
    this.#forwards.dispose();
    this.#changed.dispose();
    this.#updated.dispose();
    this.#parts.onDispose();
  }

  /** Resolves when a condition of the watched state is true. */
  async #until(signal: AbortSignal, isSo: () => boolean): Promise<true> {
    const { promise, resolve } = Promise.withResolvers<true>();
    const check = (): void => {
      if (isSo()) resolve(true);
    };
    const watching = this.#updated.event(check);
    check();
    try {
      return await untilAborted(signal, promise);
    } finally {
      watching.dispose();
    }
  }

  async #untilGone(signal: AbortSignal): Promise<void> {
    const { watch, clock, kubectl } = this.#parts;
    const limit = 1_000 * (this.#graceSeconds + stopSeconds);
    const end = new AbortController();
    const gone = this.#until(AbortSignal.any([signal, end.signal]), () => {
      const { deployments, pods, unknown } = watch.state;
      return unknown === undefined && deployments.length === 0 && pods.length === 0;
    });
    if ((await withTimeout(clock, limit, gone)) === true) return;
    gone.catch(() => undefined);
    end.abort();
    const { pods, unknown } = watch.state;
    if (unknown !== undefined) throw new ServeError(unknown.problem);
    const { namespace } = kubectl.place;
    const facts = { count: pods.length, namespace, pod: pods[0]?.name ?? '?' };
    throw new ServeError({ code: 'engine-failed', ...problemTexts(say('podsRemain', facts)) });
  }

  #update(): void {
    const { deployments, pods, unknown } = this.#parts.watch.state;
    for (const { component, componentId, stopGraceSeconds } of deployments) {
      this.#components.set(component, componentId);
      this.#graceSeconds = stopGraceSeconds;
    }
    this.#details.look(pods);
    this.#forwards.update(deployments, pods);
    const ownPods = Map.groupBy(pods, ({ component }) => component);
    const ownDeployment = new Map(deployments.map((one) => [one.component, one]));
    const before = this.#state;
    const components = [...this.#components].map(([label, id]) =>
      this.#component(
        ...([label, id] as const),
        ownDeployment.get(label),
        ownPods.get(label) ?? [],
      ),
    );
    this.#state = { components, ...(unknown && { unknown }) };
    this.#updated.fire();
    const isChange = before.unknown !== unknown || !isSame(before.components, components);
    if (isChange) this.#changed.fire();
  }

  #component(
    label: string,
    id: string,
    deployment: ClusterDeployment | undefined,
    pods: readonly ClusterPod[],
  ): AppliedComponent {
    const now = this.#parts.clock.date();
    const reasonOf = (pod: ClusterPod): Argument | undefined => this.#details.reasonOf(pod);
    const forward = this.#forwards.problemOf(label);
    const facts = pods.flatMap((pod) => [pod, reasonOf(pod), isLate(pod, now)]);
    return this.#made.get(label, [id, deployment, forward, ...facts], () => {
      const numbers = this.#numbers.get(label) ?? new PodNumbers();
      this.#numbers.set(label, numbers);
      const numbered = numbers.number(pods);
      const component = componentOf({ id, deployment, pods: numbered, reasonOf, now });
      const address = deployment?.address;
      const problem = component.state === 'ready' ? forward : undefined;
      return {
        ...component,
        ...(address === undefined ? {} : { address }),
        ...(problem === undefined ? {} : { reason: forwardReason(problem) }),
      };
    });
  }
}

const forwardReason = ({ message, texts }: Problem): Argument =>
  say('forwardDown', { reason: texts?.summary ?? texts?.message ?? message });
