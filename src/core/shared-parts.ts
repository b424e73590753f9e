import type { Disposable } from './events';

interface Shared<T> {
  readonly part: T;
  users: number;
}

/** A part that is shared until its last user has disposed of this. */
export interface Lease<T> extends Disposable {
  readonly part: T;
}

/** Parts that several users share. One is made for the first user of a key, and disposed of with the last one. */
export class SharedParts<T extends Disposable> {
  readonly #shared = new Map<string, Shared<T>>();

  acquire(key: string, make: () => T): Lease<T> {
    const shared = this.#shared.get(key) ?? { part: make(), users: 0 };
    this.#shared.set(key, shared);
    shared.users += 1;
    let isHeld = true;
    return {
      part: shared.part,
      dispose: () => {
        if (!isHeld) return;
        isHeld = false;
        shared.users -= 1;
        if (shared.users > 0) return;
        this.#shared.delete(key);
        shared.part.dispose();
      },
    };
  }
}
