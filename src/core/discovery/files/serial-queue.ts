import { setImmediate as pause } from 'node:timers/promises';

/** Runs functions strictly one after another, each in its own turn of the event loop. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(action: () => T): Promise<T> {
    const result = this.#last.then(() => pause()).then(action);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
