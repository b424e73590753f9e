import { cancelled } from '../../../problem';
import type { ClusterProxy } from './cluster-proxy';
import type { ClusterReader, GetOptions, StreamOptions } from './cluster-reader';

/** The longest time without an answer. Then a new connection is tried. */
const idleTimeoutMs = 1_500;

type UsedProxy = Pick<ClusterProxy, 'get' | 'follow' | 'renew' | 'configuration'>;

/** Sends requests through a proxy, and through a kubectl of its own where that fails: it knows the reason. */
export class ProxiedReader implements ClusterReader {
  readonly #proxy: UsedProxy;
  readonly #kubectl: ClusterReader;
  #isCheap = true;

  constructor(proxy: UsedProxy, kubectl: ClusterReader) {
    this.#proxy = proxy;
    this.#kubectl = kubectl;
  }

  get isCheap(): boolean {
    return this.#isCheap;
  }

  get configuration(): number {
    return this.#proxy.configuration;
  }

  async get(path: string, options: GetOptions): Promise<string> {
    try {
      const answer = await this.#proxy.get(path, { signal: options.signal, idleTimeoutMs });
      this.#isCheap = true;
      return answer;
    } catch {
      this.#isCheap = false;
      const answer = await this.#kubectl.get(path, options);
      this.#proxy.renew();
      return answer;
    }
  }

  async follow(path: string, options: StreamOptions): Promise<void> {
    const onOutput = (text: string): void => options.onOutput(text, 'stdout');
    try {
      await this.#proxy.follow(path, { signal: options.signal, onOutput });
    } catch {
      await this.#kubectl.follow(path, options);
      return;
    }
    if (options.signal.aborted) throw cancelled();
  }
}
