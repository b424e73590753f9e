interface Entry<T> {
  readonly inputs: readonly unknown[];
  readonly value: T;
}

/**
 * Keeps the last value of each key. As long as the inputs of a key are identical, readers get the same object; a new
 * value shares all its equal parts with the last one. So readers can detect changes by identity.
 */
export class KeyedMemo<K, T> {
  readonly #entries = new Map<K, Entry<T>>();

  /** @param inputs everything that `make` reads, as immutable values */
  get(key: K, inputs: readonly unknown[], make: () => T): T {
    const last = this.#entries.get(key);
    if (last !== undefined && isSame(last.inputs, inputs)) return last.value;
    const made = make();
    const value = last === undefined ? made : shared(last.value, made);
    this.#entries.set(key, { inputs, value });
    return value;
  }
}

/** Whether two lists have the same elements, by identity. */
export const isSame = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((value, index) => value === other[index]);

/** Returns a value that equals `after`, and reuses the parts of `before` that are equal. */
export function shared<T>(before: T, after: T): T;
export function shared(before: unknown, after: unknown): unknown {
  if (Object.is(before, after)) return before;
  if (Array.isArray(before) && Array.isArray(after)) {
    const list = after.map((value, index) => shared(before[index] as unknown, value as unknown));
    return isSame(before, list) ? before : likeFrozen(after, list);
  }
  if (!isPlain(before) || !isPlain(after)) return after;
  const keys = Object.keys(after);
  const values = keys.map((key) => shared(before[key], after[key]));
  const isEqual =
    keys.length === Object.keys(before).length &&
    keys.every((key, index) => key in before && Object.is(values[index], before[key]));
  if (isEqual) return before;
  return likeFrozen(after, Object.fromEntries(keys.map((key, index) => [key, values[index]])));
}

const likeFrozen = (original: object, copy: object): object =>
  Object.isFrozen(original) ? Object.freeze(copy) : copy;

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
