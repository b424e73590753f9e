import type { Clock } from '../../clock';
import type { Lease } from '../../shared-parts';
import { ServeError } from '../../problem';
import { withTimeout } from '../../with-timeout';
import type { ContainerPlan } from '../containers/container-plan';
import type { ApplyOptions, Comparison, Target } from '../target';
import { AppliedDeployments } from './applied-deployments';
import { assertAccess } from './client/access';
import { autoscalersOf } from './client/autoscalers';
import { scaleDeployment } from './client/commands';
import { ClusterChanges, keyOf } from './client/cluster-changes';
import type { ClusterProxy } from './client/cluster-proxy';
import { ClusterWatch } from './client/cluster-watch';
import { clusterUser, contextDetails, type ContextsParts } from './client/contexts';
import { Kubectl } from './client/kubectl';
import type { ClusterPlace } from './client/kubectl-program';
import { PodDetails } from './client/pod-details';
import { ProxiedReader } from './client/proxied-reader';
import { resourcePaths, type ResourcePaths } from './client/resource-paths';
import {
  clusterLabels,
  clusterResources,
  type ClusterOwner,
  type ClusterResources,
} from './cluster-resources';
import { debugSecretOf, secretsOf, withSecretVersions } from './cluster-secrets';
import { compareObjects } from './compare-objects';
import { untilReady } from './until-ready';
import type { Owner } from '../containers/owner';

export interface KubernetesTargetParts extends ContextsParts {
  readonly clock: Clock;
  readonly place: ClusterPlace;
  readonly owner: Owner;
  /** Returns the proxy that watches share. Absent where sockets of programs cannot be private: each request starts kubectl. */
  readonly proxy?: () => Lease<ClusterProxy>;
}

/** How long the ports of this machine may take to lead to pods that are ready. */
const forwardMs = 10_000;

/** Runs bentos in a namespace of a cluster, with the user's own kubectl. */
export class KubernetesTarget implements Target<ContainerPlan, ClusterResources> {
  readonly kind = 'kubernetes';
  readonly #parts: KubernetesTargetParts;
  readonly #owner: ClusterOwner;
  readonly #kubectl: Kubectl;
  readonly #paths: ResourcePaths;
  readonly #changes: ClusterChanges;

  private constructor(parts: KubernetesTargetParts, user: string, paths: ResourcePaths) {
    this.#parts = parts;
    this.#owner = { ...parts.owner, user };
    this.#kubectl = new Kubectl(parts);
    this.#paths = paths;
    this.#changes = new ClusterChanges(this.#kubectl, paths, clusterLabels(this.#owner));
  }

  /** Asks the cluster who the user is. Nothing is changed. @throws ServeError */
  static async open(parts: KubernetesTargetParts, signal: AbortSignal): Promise<KubernetesTarget> {
    const { place } = parts;
    const { pathPrefix } = await contextDetails(parts, place.context, signal);
    const user = await clusterUser(parts, place, signal);
    return new KubernetesTarget(parts, user, resourcePaths(pathPrefix, place.namespace));
  }

  resources(plan: ContainerPlan): ClusterResources {
    return clusterResources(plan, this.#owner);
  }

  async compare(
    resources: ClusterResources,
    { signal, secrets }: Pick<ApplyOptions, 'signal' | 'secrets'>,
  ): Promise<Comparison> {
    const secretObjects = await secretsOf(resources, secrets);
    await this.#changes.assertOwn([...resources.manifests, ...secretObjects], signal);
    return compareObjects({ resources, secretObjects, changes: this.#changes, signal });
  }

  async apply(
    resources: ClusterResources,
    { signal, secrets, onApplied, watched }: ApplyOptions,
  ): Promise<AppliedDeployments> {
    const { clock } = this.#parts;
    await assertAccess(this.#kubectl, signal);
    const secretObjects = await secretsOf(resources, secrets);
    const debugSecret = await debugSecretOf(resources);
    const others = debugSecret === undefined ? secretObjects : [...secretObjects, debugSecret];
    await this.#changes.assertOwn([...resources.manifests, ...others], signal);
    // A second watch would forward the same ports.
    const isWatched = watched instanceof AppliedDeployments;
    const applied = isWatched ? watched : await this.#watched(resources.components);
    const isNew = applied.isEmpty;
    try {
      onApplied?.(applied);
      if (debugSecret !== undefined) await this.#changes.applyOne(debugSecret, signal);
      const versions: string[] = [];
      for (const one of secretObjects) versions.push(await this.#changes.applyOne(one, signal));
      const objects = withSecretVersions(resources.manifests, versions);
      const generations = await this.#changes.apply(objects, signal);
      const kept = [...objects, ...others].map(({ kind, metadata }) => keyOf(kind, metadata.name));
      await this.#changes.delete(signal, new Set(kept));
      await this.#scale(resources, signal);
      await untilReady(applied, generations, { clock, signal, seconds: resources.startSeconds });
      // A network that is slow or does not allow it is reported on the row.
      await withTimeout(clock, forwardMs, applied.untilForwarded(signal));
      return applied;
    } catch (error) {
      // Report why the bento is not served, not why the cleanup failed.
      if (isNew) await this.#changes.delete(new AbortController().signal).catch(() => undefined);
      if (!isWatched) applied.dispose();
      throw error;
    }
  }

  /** Sets the requested numbers of pods, where no autoscaler does. */
  async #scale({ replicas }: ClusterResources, signal: AbortSignal): Promise<void> {
    const requested = Object.entries(replicas);
    if (requested.length === 0) return;
    const autoscaled = await autoscalersOf(this.#kubectl, signal);
    for (const [name, count] of requested) {
      if (!autoscaled.has(name)) await scaleDeployment(this.#kubectl, name, count, signal);
    }
  }

  async adopt(): Promise<AppliedDeployments | undefined> {
    const applied = await this.#watched({});
    if (!applied.isEmpty) return applied;
    applied.dispose();
    return undefined;
  }

  /** @throws ServeError if the cluster cannot be watched */
  async #watched(components: Readonly<Record<string, string>>): Promise<AppliedDeployments> {
    const { clock } = this.#parts;
    const kubectl = this.#kubectl;
    const shared = this.#parts.proxy?.();
    const cluster = shared === undefined ? kubectl : new ProxiedReader(shared.part, kubectl);
    const watch = new ClusterWatch(cluster, this.#paths, clusterLabels(this.#owner), clock);
    await watch.start();
    const { unknown } = watch.state;
    if (unknown !== undefined) {
      watch.dispose();
      shared?.dispose();
      throw new ServeError(unknown.problem);
    }
    const details = (onChange: () => void): PodDetails =>
      new PodDetails({ kubectl, cluster }, this.#paths, clock, onChange);
    return new AppliedDeployments(
      {
        ...{ kubectl, clock, watch, changes: this.#changes, details },
        onDispose: () => shared?.dispose(),
      },
      components,
    );
  }
}
