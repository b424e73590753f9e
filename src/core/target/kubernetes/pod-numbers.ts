import type { ClusterPod } from './client/cluster-pod';

/** Numbers the pods of a component from 1, because their names are random. A pod keeps its number until it is gone. */
export class PodNumbers {
  readonly #numbers = new Map<string, number>();

  /** Returns the pods with their numbers, in their order. */
  number(pods: readonly ClusterPod[]): readonly (readonly [number: number, pod: ClusterPod])[] {
    const uids = new Set(pods.map(({ uid }) => uid));
    for (const uid of this.#numbers.keys()) if (!uids.has(uid)) this.#numbers.delete(uid);
    const used = new Set(this.#numbers.values());
    const byAge = [...pods].sort(
      (one, other) => one.createdAt - other.createdAt || (one.name < other.name ? -1 : 1),
    );
    let next = 1;
    for (const { uid } of byAge) {
      if (this.#numbers.has(uid)) continue;
      while (used.has(next)) next++;
      used.add(next);
      this.#numbers.set(uid, next);
    }
    return pods
      .map((pod) => [this.#numbers.get(pod.uid) ?? 0, pod] as const)
      .sort(([one], [other]) => one - other);
  }
}
