import * as z from 'zod';
import type { Handling, ValueType } from './setting';
import { atMost } from '../length-limits';

/*
 * The types of values that a setting can have. The message of each zod issue says what is allowed, in words that
 * complete "it must be …".
 */

export const valueType = <Schema extends z.ZodType, const How extends Handling>(
  handling: How,
  schema: Schema,
): ValueType<Schema, How> => ({ schema, handling });

export const plain = <Schema extends z.ZodType>(schema: Schema): ValueType<Schema, 'plain'> =>
  valueType('plain', schema);

export const flag = plain(z.boolean({ error: 'true or false' }));

const wholeNumber = (min: number, max: number, error: string): z.ZodNumber =>
  z.number({ error }).int({ error }).min(min, { error }).max(max, { error });

export const count = (min: number, max: number): ValueType<z.ZodNumber, 'plain'> =>
  plain(wholeNumber(min, max, `a whole number from ${min} to ${max}`));

/** `null` uses BentoML's default, and in an entry of `bentos` undoes what the folder sets. */
export const optionalCount = (
  min: number,
  max: number,
): ValueType<z.ZodNullable<z.ZodNumber>, 'plain'> =>
  plain(wholeNumber(min, max, `a whole number from ${min} to ${max}, or null`).nullable());

export const port = optionalCount(1, 65_535);
export const workerCount = optionalCount(1, 512);
/** Whole seconds, up to a day. */
export const requestTimeout = optionalCount(1, 86_400);
/** BentoML itself requires more than 64. */
export const backlog = optionalCount(65, 65_535);

export const seconds = (min: number, max: number): ValueType<z.ZodNumber, 'plain'> => {
  const error = `a number of seconds from ${min} to ${max}`;
  return plain(z.number({ error }).min(min, { error }).max(max, { error }));
};

export const choice = <const Values extends readonly string[]>(
  values: Values,
): ValueType<z.ZodEnum<z.core.util.ToEnum<Values[number]>>, 'plain'> =>
  plain(z.enum(values, { error: `one of ${values.map((value) => `"${value}"`).join(', ')}` }));

/** The longest argument or variable that Windows allows. */
export const maxTextLength = 32_767;
export const maxPathLength = 4096;

export const text = (words: string, max = maxTextLength): z.ZodString =>
  z
    .string({ error: words })
    .check(atMost(max, { error: `${words}, at most ${max} characters long` }))
    .regex(/^[^\0]*$/, { error: `${words}, without a NUL character` });

/** Must not begin with "-": a command would read it as an option. */
const pathText = text('a path', maxPathLength).regex(/^(?!-)/, {
  error: 'a path that does not begin with "-"',
});

/** Empty: none, which in an entry of `bentos` undoes what the folder sets. */
export const path = valueType('path', pathText);
export const command = valueType('command', pathText);
export const paths = valueType(
  'paths',
  z.union([pathText, z.array(pathText).check(atMost(100))], {
    error: 'a path or a list of at most 100 paths',
  }),
);

/** No control characters, none that change the writing direction, no outer spaces, no leading "-". */
const printable = /^(?![-\s])[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+(?<!\s)$/u;

export const label = (words: string): ValueType<z.ZodString, 'plain'> => {
  const error = `${words}, 1 to 255 printable characters that do not begin with "-" or a space`;
  return plain(z.string({ error }).check(atMost(255, { error })).regex(printable, { error }));
};

export const emptyToNull = (value: string): string | null => (value === '' ? null : value);

/** A list of ciphers in the syntax of OpenSSL. Empty: none. */
export const cipherList = plain(
  text('a list of ciphers as OpenSSL takes it', 4096)
    .regex(/^(?:[A-Za-z0-9!+@][A-Za-z0-9!+@:=._-]*)?$/, {
      error: 'an OpenSSL cipher list, such as ECDHE+AESGCM',
    })
    .transform(emptyToNull),
);

const moduleName = z
  .string({ error: 'the name of a Python module' })
  .check(atMost(255))
  .regex(/^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u, {
    error: 'the name of a Python module',
  });

/** Names of Python modules, such as `torch` or `sklearn.linear_model`. */
export const moduleNames = plain(
  z
    .array(moduleName, { error: 'a list of names of modules' })
    .check(atMost(50, { error: 'a list of at most 50 names of modules' })),
);
