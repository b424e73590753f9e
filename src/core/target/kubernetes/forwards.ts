import type { Clock } from '../../clock';
import type { Disposable } from '../../events';
import type { Problem } from '../../model';
import type { ClusterDeployment } from './client/cluster-deployment';
import type { ClusterPod } from './client/cluster-pod';
import type { Kubectl } from './client/kubectl';
import { PortForward } from './client/port-forward';
import { podPort } from './cluster-resources';

/** The ports of this machine that lead to the servers of a bento. */
export class Forwards implements Disposable {
  readonly #kubectl: Kubectl;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  /** By the labels of the components. */
  readonly #forwards = new Map<
    string,
    { readonly address: string; readonly forward: PortForward }
  >();

  constructor(kubectl: Kubectl, clock: Clock, onChange: () => void) {
    this.#kubectl = kubectl;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Whether every address leads to a pod. */
  get areUp(): boolean {
    return [...this.#forwards.values()].every(({ forward }) => forward.state.isUp);
  }

  /** Returns the problems because of which addresses do not lead to a pod. */
  get problems(): readonly Problem[] {
    return [...this.#forwards.keys()].flatMap((component) => this.problemOf(component) ?? []);
  }

  problemOf(component: string): Problem | undefined {
    const state = this.#forwards.get(component)?.forward.state;
    return state === undefined || state.isUp ? undefined : state.problem;
  }

  update(deployments: readonly ClusterDeployment[], pods: readonly ClusterPod[]): void {
    const addresses = new Map(
      deployments.flatMap(({ component, address }) =>
        address === undefined ? [] : [[component, address] as const],
      ),
    );
    for (const [component, { address, forward }] of this.#forwards) {
      if (addresses.get(component) === address) continue;
      forward.dispose();
      this.#forwards.delete(component);
    }
    for (const [component, address] of addresses) {
      const one = this.#forwards.get(component)?.forward ?? this.#add(component, address);
      const ready = pods.filter((pod) => pod.component === component && pod.state === 'ready');
      one?.setReady(ready.map(({ name }) => name));
    }
  }

  dispose(): void {
    for (const { forward } of this.#forwards.values()) forward.dispose();
    this.#forwards.clear();
  }

  #add(component: string, address: string): PortForward | undefined {
    if (!URL.canParse(address)) return undefined;
    const { hostname, port } = new URL(address);
    const local = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), podPort };
    const forward = new PortForward(this.#kubectl, this.#clock, local);
    this.#forwards.set(component, { address, forward });
    forward.onDidChange(this.#onChange);
    return forward;
  }
}
