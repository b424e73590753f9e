import type { Argument } from '../messages/message';
import { CheckedProbe } from './checked-probe';
import type { Probe, ProbeResult } from './probe';

/** Believes an answer only after it is known that the process is ours that listens there; asked until it is. */
export class PortOwnerProbe extends CheckedProbe {
  readonly #isStranger: () => Promise<boolean>;
  readonly #reason: Argument;
  #own = false;

  constructor(probe: Probe, isStranger: () => Promise<boolean>, reason: Argument) {
    super(probe);
    this.#isStranger = isStranger;
    this.#reason = reason;
  }

  protected async objection(): Promise<ProbeResult | undefined> {
    this.#own ||= !(await this.#isStranger());
    return this.#own ? undefined : { outcome: 'refused', reason: this.#reason };
  }
}
