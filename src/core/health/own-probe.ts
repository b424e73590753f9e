import type { Probe, ProbeResult } from './probe';

/** Believes an answer only after it is known that the process is ours that listens there; asked until it is. */
export class OwnProbe implements Probe {
  readonly #probe: Probe;
  readonly #isStranger: () => Promise<boolean>;
  readonly #reason: string;
  #own = false;

  constructor(probe: Probe, isStranger: () => Promise<boolean>, reason: string) {
    this.#probe = probe;
    this.#isStranger = isStranger;
    this.#reason = reason;
  }

  live(signal: AbortSignal): Promise<ProbeResult> {
    return this.#checked(this.#probe.live(signal));
  }

  ready(signal: AbortSignal): Promise<ProbeResult> {
    return this.#checked(this.#probe.ready(signal));
  }

  dispose(): void {
    this.#probe.dispose();
  }

  async #checked(asked: Promise<ProbeResult>): Promise<ProbeResult> {
    const result = await asked;
    if (this.#own || result.outcome !== 'ok') return result;
    try {
      this.#own = !(await this.#isStranger());
    } catch {
      return { outcome: 'silent', reason: 'the helper process has ended' };
    }
    return this.#own ? result : { outcome: 'refused', reason: this.#reason };
  }
}
