import * as z from 'zod';

/*
 * The limits of texts and lists that come from outside. zod's own `min` and `max` compare the `length` of whatever the
 * value is, before its type counts, and throw where that is an object: `{ "length": {} }`.
 */

type Check = z.core.$ZodCheck<string | unknown[]>;

interface Words {
  readonly error: string;
}

/** At least so many characters or items. */
export const atLeast = (limit: number, words?: Words): Check => measured(z.minLength(limit, words));

/** At most so many characters or items. */
export const atMost = (limit: number, words?: Words): Check => measured(z.maxLength(limit, words));

function measured<Of extends z.core.$ZodCheck>(check: Of): Of {
  check._zod.def.when = ({ value }) => typeof value === 'string' || Array.isArray(value);
  return check;
}
