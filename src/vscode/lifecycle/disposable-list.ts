import type { Disposable } from '../../core/events';

/** Ends everything that was added to it. What is added after its end is ended at once. */
export class DisposableList implements Disposable {
  #items: Disposable[] = [];
  #isDisposed = false;

  push(...items: readonly Disposable[]): void {
    this.#items.push(...items);
    if (this.#isDisposed) this.dispose();
  }

  /** In reverse order. An item that throws does not keep the others; its error is thrown at the end. */
  dispose(): void {
    this.#isDisposed = true;
    const items = this.#items.reverse();
    this.#items = [];
    const errors: unknown[] = [];
    for (const item of items) {
      try {
        item.dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'Not everything could be disposed of.');
  }
}
