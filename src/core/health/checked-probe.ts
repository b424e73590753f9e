import { say } from '../messages/message';
import type { Probe, ProbeResult } from './probe';

/** A probe whose good answers are believed only after a question to the helper. */
export abstract class CheckedProbe implements Probe {
  readonly #probe: Probe;

  constructor(probe: Probe) {
    this.#probe = probe;
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

  /** What is wrong with a good answer, or nothing. Rejects when the helper has ended. */
  protected abstract objection(): Promise<ProbeResult | undefined>;

  async #checked(asked: Promise<ProbeResult>): Promise<ProbeResult> {
    const result = await asked;
    if (result.outcome !== 'ok') return result;
    try {
      return (await this.objection()) ?? result;
    } catch {
      return { outcome: 'silent', reason: say('helperGone') };
    }
  }
}
