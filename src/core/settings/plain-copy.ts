/** `bentos[i].runners.name.port` is five deep; anything deeper is of the wrong kind anyway. */
const deepest = 6;

/**
 * Copies a raw value into a form that is safe to read and to change: only own enumerable properties, objects without
 * a prototype (so `__proto__` is a key like any other), no functions, no cycles.
 */
export function plainCopy(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === deepest) return Array.isArray(value) ? [] : Object.create(null);
  if (Array.isArray(value)) return value.map((item) => plainCopy(item, depth + 1));
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, item] of Object.entries(value)) {
    if (typeof item !== 'function') copy[key] = plainCopy(item, depth + 1);
  }
  return copy;
}

export type PlainObject = Record<string, unknown>;

export const isPlainObject = (value: unknown): value is PlainObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
