export interface Disposable {
  dispose(): void;
}

/** Structurally a `vscode.Event`, so that adapters can hand it on as it is. */
export type Event<T> = (listener: (value: T) => unknown) => Disposable;

export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(value: T) => unknown>();

  readonly event: Event<T> = (listener) => {
    // Wrapped, so that one function registered twice is two registrations.
    const registered = (value: T): unknown => listener(value);
    this.#listeners.add(registered);
    return { dispose: () => this.#listeners.delete(registered) };
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
