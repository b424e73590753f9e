import type fc from 'fast-check';
import type { Wire } from './fake-process-host';
import { settle } from './settle';

/**
 * Messages arrive when a scheduler of fast-check says so: requests in the order in which they were sent, as through a
 * pipe, and what comes back in any order.
 */
export class ScheduledWire implements Wire {
  readonly #scheduler: fc.Scheduler;
  #lastRequest: Promise<unknown> = Promise.resolve();

  constructor(scheduler: fc.Scheduler) {
    this.#scheduler = scheduler;
  }

  carry(label: string, arrive: () => void): void {
    const isRequest = !/ reply$|^exit |^output |^workers /.test(label);
    const turn = (): Promise<unknown> => this.#scheduler.schedule(Promise.resolve(), label);
    if (!isRequest) void turn().then(arrive);
    else this.#lastRequest = this.#lastRequest.then(turn).then(arrive);
  }

  /** Delivers so many messages, and what follows from each. */
  async deliver(count = Infinity): Promise<void> {
    for (let done = 0; done < count && this.#scheduler.count() > 0; done++) {
      await this.#scheduler.waitNext(1);
      await settle();
    }
  }
}
