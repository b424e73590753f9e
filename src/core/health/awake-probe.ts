import type { Probe, ProbeResult } from './probe';

/** Of several workers on one socket those that live answer for all: asks beside it whether one of them is stopped. */
export class AwakeProbe implements Probe {
  readonly #probe: Probe;
  readonly #stopped: () => Promise<readonly number[]>;

  constructor(probe: Probe, stopped: () => Promise<readonly number[]>) {
    this.#probe = probe;
    this.#stopped = stopped;
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
    if (result.outcome !== 'ok') return result;
    try {
      const [pid] = await this.#stopped();
      return pid === undefined
        ? result
        : { outcome: 'silent', reason: `its worker with the pid ${pid} is stopped` };
    } catch {
      return { outcome: 'silent', reason: 'the helper process has ended' };
    }
  }
}
