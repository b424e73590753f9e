import * as z from 'zod';

/*
 * Length limits for text and lists in untrusted input. zod's own `min` and `max` compare `length` even if the value has
 * another type, and throw if `length` is an object: `{ "length": {} }`.
 */

type Check = z.core.$ZodCheck<string | unknown[]>;

interface Words {
  readonly error: string;
}

/** Requires at least `limit` characters or items. */
export const atLeast = (limit: number, words?: Words): Check => measured(z.minLength(limit, words));

/** Allows at most `limit` characters or items. */
export const atMost = (limit: number, words?: Words): Check => measured(z.maxLength(limit, words));

function measured<Of extends z.core.$ZodCheck>(check: Of): Of {
  check._zod.def.when = ({ value }) => typeof value === 'string' || Array.isArray(value);
  return check;
}
