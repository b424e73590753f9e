import * as z from 'zod';
import { argumentLimits } from '../argument-limits';
import type { SettingTree, ValueType } from './setting';
import { schemaOf, type TreeSchema } from './setting-schema';
import { maxTextLength, plain, text, valueType } from './value-types';
import { atMost } from '../length-limits';

export const componentName = z
  .string()
  .check(atMost(255))
  .regex(/^(?!__proto__$)[A-Za-z0-9_][A-Za-z0-9_.-]*$/);

/** The name of a profile or of a watched bento. */
export const givenName = z
  .string()
  .check(atMost(50))
  .regex(/^(?!__proto__$)[A-Za-z0-9_][A-Za-z0-9_. -]*$/);

const variableName = z
  .string()
  .check(atMost(255))
  .regex(/^(?!__proto__$)[A-Za-z_][A-Za-z0-9_().-]*$/);

const argumentName = z
  .string()
  .check(atMost(255))
  .regex(/^(?!__proto__$)[A-Za-z_]\w*$/);

/** A key of BentoML's configuration, such as `api_server.traffic.timeout` or `runners."my-model".workers`. */
const optionKey = z
  .string()
  .check(atMost(255))
  .regex(/^(?!__proto__$)(?:\w+|"[^"\s=]+")(?:\.(?:\w+|"[^"\s=]+"))*$/);

const optionValue = z
  .union(
    [
      z.number(),
      z.boolean(),
      z
        .string()
        .check(atMost(maxTextLength))
        .regex(/^[^"\r\n\0]*$/),
    ],
    { error: 'text without quotes and line breaks, a number, true, false, or null' },
  )
  .nullable();

const argumentValue = z
  .union([z.number(), z.boolean(), z.string().check(atMost(maxTextLength))], {
    error: 'text, a number, true, false, or null',
  })
  .nullable();

type Table<Value extends z.ZodType> = z.ZodRecord<z.ZodString, Value>;

const maxEntries = 1000;

/** The schema of an object with keys that the user chooses. `blocks`: nothing is served while it is unusable. */
function table<Value extends z.ZodType>(
  key: z.ZodString,
  value: Value,
  words: string,
  blocks = true,
): Table<Value> {
  const error = `an object with at most ${maxEntries} ${words}`;
  return z
    .record(key, value, { error })
    .refine((object) => Object.keys(object).length <= maxEntries, {
      error: ({ input }) => tooMany(input as object, words),
      params: { blocks },
    });
}

/** Ignoring a whole table changes what is served, so the message also says how much a process could take. */
function tooMany(input: object, words: string): string {
  const size = Buffer.byteLength(JSON.stringify(input));
  const { one } = argumentLimits();
  return `an object with at most ${maxEntries} ${words}, and this has ${Object.keys(input).length} (${size} bytes, of which the system passes at most ${one} to a process at once)`;
}

const variable = text('text, or null to remove the variable').nullable();

export const variables = valueType(
  'variables',
  table(variableName, variable, 'names of variables'),
);

export const configOptions = valueType('entries', table(optionKey, optionValue, 'keys of options'));

export const bentoArguments = valueType(
  'entries',
  table(argumentName, argumentValue, 'names of arguments'),
);

/** Objects by the names of components, each with these fields. */
export const componentObjects = <Fields extends SettingTree>(
  fields: Fields,
  words: string,
): ValueType<Table<TreeSchema<Fields>>, 'objects'> & { readonly fields: Fields } => ({
  ...valueType('objects', table(componentName, schemaOf(fields), words)),
  fields,
});

/** Values by names that the user gives, which are read elsewhere. */
export const namedTable = <Value extends z.ZodType>(
  value: Value,
  words: string,
  blocks = true,
): ValueType<Table<Value>, 'plain'> => plain(table(givenName, value, words, blocks));

/** A list of objects that are read one by one elsewhere. */
export const objectList = plain(
  z
    .array(z.unknown(), { error: 'a list of objects' })
    .check(atMost(1000, { error: 'a list of at most 1000 objects' })),
);
