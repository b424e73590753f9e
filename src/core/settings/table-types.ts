import * as z from 'zod';
import { argumentLimits } from '../argument-limits';
import type { SettingTree, ValueType } from './setting';
import { schemaOf, type TreeSchema } from './setting-schema';
import { maxTextLength, plain, text, valueType } from './value-types';
import { atMost } from '../length-limits';
import { say, type Message } from '../messages/message';
import { rule } from './value-rule';

const key = (pattern: RegExp, max = 255): z.ZodString =>
  z.string().check(atMost(max)).regex(pattern);

const componentName = /^(?!__proto__$)[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
/** Matches the name of a profile or of a watched bento. */
const givenName = /^(?!__proto__$)[A-Za-z0-9_][A-Za-z0-9_. -]*$/;
const variableName = /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_().-]*$/;
const argumentName = /^(?!__proto__$)[A-Za-z_]\w*$/;
/** Matches a key of BentoML's configuration, such as `api_server.traffic.timeout` or `runners."my-model".workers`. */
const optionKey = /^(?!__proto__$)(?:\w+|"[^"\s=]+")(?:\.(?:\w+|"[^"\s=]+"))*$/;

const optionValue = () =>
  z
    .union(
      [
        z.number(),
        z.boolean(),
        z
          .string()
          .check(atMost(maxTextLength))
          .regex(/^[^"\r\n\0]*$/),
      ],
      rule(say('ruleOption')),
    )
    .nullable();

const argumentValue = () =>
  z
    .union(
      [z.number(), z.boolean(), z.string().check(atMost(maxTextLength))],
      rule(say('ruleArgument')),
    )
    .nullable();

type Table<Value extends z.ZodType> = z.ZodRecord<z.ZodString, Value>;

const maxEntries = 1000;

/** The schema of an object with keys that the user chooses. `blocks`: nothing is served while it is unusable. */
function table<Value extends z.ZodType>(
  name: z.ZodString,
  value: Value,
  names: Message,
  blocks = true,
): Table<Value> {
  return z
    .record(name, value, rule(say('ruleTable', { max: maxEntries, names })))
    .refine((object) => Object.keys(object).length <= maxEntries, {
      error: ({ input }) => rule(tooMany(input as object, names)).error,
      params: { blocks },
    });
}

/** Ignoring a whole table changes what is served, so the message also says how much a process could take. */
function tooMany(input: object, names: Message): Message {
  const size = Buffer.byteLength(JSON.stringify(input));
  const { one } = argumentLimits();
  const count = Object.keys(input).length;
  return say('ruleTableSize', { max: maxEntries, names, count, size, limit: one });
}

const variable = () => text(say('ruleVariable')).nullable();

export const variables = valueType('variables', () =>
  table(key(variableName), variable(), say('namesOfVariables')),
);

export const configOptions = valueType('entries', () =>
  table(key(optionKey), optionValue(), say('namesOfOptions')),
);

export const bentoArguments = valueType('entries', () =>
  table(key(argumentName), argumentValue(), say('namesOfArguments')),
);

/** Objects by the names of components, each with these fields. */
export const componentObjects = <Fields extends SettingTree>(
  fields: Fields,
  names: Message,
): ValueType<Table<TreeSchema<Fields>>, 'objects'> & { readonly fields: Fields } =>
  Object.assign(
    valueType('objects', () => table(key(componentName), schemaOf(fields), names)),
    { fields },
  );

/** Values by names that the user gives, which are read elsewhere. */
export const namedTable = <Value extends z.ZodType>(
  value: () => Value,
  names: Message,
  blocks = true,
): ValueType<Table<Value>, 'plain'> =>
  plain(() => table(key(givenName, 50), value(), names, blocks));

/** A list of objects that are read one by one elsewhere. */
export const objectList = plain(() =>
  z
    .array(z.unknown(), rule(say('ruleObjects')))
    .check(atMost(1000, rule(say('ruleFewObjects', { max: 1000 })))),
);
