import { say } from '../messages/message';
import { CheckedProbe } from './checked-probe';
import type { Probe, ProbeResult } from './probe';

/** Of several workers on one socket those that live answer for all: asks beside it whether one of them is stopped. */
export class StoppedWorkerProbe extends CheckedProbe {
  readonly #stopped: () => Promise<readonly number[]>;

  constructor(probe: Probe, stopped: () => Promise<readonly number[]>) {
    super(probe);
    this.#stopped = stopped;
  }

  protected async objection(): Promise<ProbeResult | undefined> {
    const [pid] = await this.#stopped();
    return pid === undefined
      ? undefined
      : { outcome: 'silent', reason: say('workerStopped', { pid }) };
  }
}
