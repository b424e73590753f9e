interface Identified {
  readonly id: string;
}

/** A search is faster than an index of so few. */
const few = 20;

const indexes = new WeakMap<readonly Identified[], ReadonlyMap<string, Identified>>();

/** Finds an element of an immutable list. Long lists are indexed once. */
export function byId<T extends Identified>(list: readonly T[], id: string): T | undefined {
  if (list.length <= few) return list.find((one) => one.id === id);
  let index = indexes.get(list) as ReadonlyMap<string, T> | undefined;
  if (index === undefined) {
    index = new Map(list.map((one) => [one.id, one]));
    indexes.set(list, index);
  }
  return index.get(id);
}
