import * as z from 'zod';
import type { Handling, ValueType } from './setting';
import { lazy } from '../lazy';
import { atMost } from '../length-limits';
import { say, type Message } from '../messages/message';
import { rule } from './value-rule';

/*
 * The types of values that a setting can have. The error of each zod check is a rule: what is allowed.
 */

export const valueType = <Schema extends z.ZodType, const How extends Handling>(
  handling: How,
  build: () => Schema,
): ValueType<Schema, How> => {
  const schema = lazy(build);
  return {
    get schema() {
      return schema();
    },
    handling,
  };
};

export const plain = <Schema extends z.ZodType>(build: () => Schema): ValueType<Schema, 'plain'> =>
  valueType('plain', build);

export const flag = plain(() => z.boolean(rule(say('ruleFlag'))));

const wholeNumber = (
  min: number,
  max: number,
  key: 'ruleWholeNumber' | 'ruleWholeNumberOrNull',
): z.ZodNumber => {
  const error = rule(say(key, { min, max }));
  return z.number(error).int(error).min(min, error).max(max, error);
};

export const count = (min: number, max: number): ValueType<z.ZodNumber, 'plain'> =>
  plain(() => wholeNumber(min, max, 'ruleWholeNumber'));

/** `null` uses BentoML's default, and in an entry of `bentos` undoes what the folder sets. */
export const optionalCount = (
  min: number,
  max: number,
): ValueType<z.ZodNullable<z.ZodNumber>, 'plain'> =>
  plain(() => wholeNumber(min, max, 'ruleWholeNumberOrNull').nullable());

export const port = optionalCount(1, 65_535);
export const workerCount = optionalCount(1, 512);
/** The largest number of containers or pods of a component. */
export const maxReplicas = 1_000;
export const replicaCount = optionalCount(1, maxReplicas);
/** Whole seconds, up to a day. */
export const requestTimeout = optionalCount(1, 86_400);
/** BentoML itself requires more than 64. */
export const backlog = optionalCount(65, 65_535);

export const seconds = (min: number, max: number): ValueType<z.ZodNumber, 'plain'> => {
  const error = rule(say('ruleSeconds', { min, max }));
  return plain(() => z.number(error).min(min, error).max(max, error));
};

export const choice = <const Values extends readonly string[]>(
  values: Values,
): ValueType<z.ZodEnum<z.core.util.ToEnum<Values[number]>>, 'plain'> =>
  plain(() =>
    z.enum(
      values,
      rule(say('ruleChoice', { values: values.map((value) => `"${value}"`).join(', ') })),
    ),
  );

/** The longest argument or variable that Windows allows. */
export const maxTextLength = 32_767;
export const maxPathLength = 4096;

export const text = (message: Message, max = maxTextLength): z.ZodString =>
  z
    .string(rule(message))
    .check(atMost(max, rule(say('ruleAtMost', { rule: message, max }))))
    .regex(/^[^\0]*$/, rule(say('ruleNoNul', { rule: message })));

/** Must not begin with "-": a command would read it as an option. */
const pathText = lazy(() =>
  text(say('rulePath'), maxPathLength).regex(/^(?!-)/, rule(say('rulePathNoDash'))),
);

/** Empty: none, which in an entry of `bentos` undoes what the folder sets. */
export const path = valueType('path', pathText);
export const command = valueType('command', pathText);
export const paths = valueType('paths', () =>
  z.union(
    [pathText(), z.array(pathText()).check(atMost(100))],
    rule(say('rulePaths', { max: 100 })),
  ),
);

/** No control characters, none that change the writing direction, no outer spaces, no leading "-". */
const printable = /^(?![-\s])[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+(?<!\s)$/u;

export const label = (message: Message): ValueType<z.ZodString, 'plain'> => {
  const error = rule(say('rulePrintable', { rule: message }));
  return plain(() => z.string(error).check(atMost(255, error)).regex(printable, error));
};

export const emptyToNull = (value: string): string | null => (value === '' ? null : value);

/** A list of ciphers in the syntax of OpenSSL. Empty: none. */
export const cipherList = plain(() =>
  text(say('ruleCiphers'), 4096)
    .regex(/^(?:[A-Za-z0-9!+@][A-Za-z0-9!+@:=._-]*)?$/, rule(say('ruleCiphersExample')))
    .transform(emptyToNull),
);

/** A host with an optional port and path, without a scheme and a tag. Empty: none. */
export const registryName = plain(() =>
  z
    .string(rule(say('ruleRegistry')))
    .check(atMost(255))
    .regex(
      /^(?:(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+|(?:[a-z0-9-]+(?=:)))(?::\d{1,5})?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*)?$/,
      rule(say('ruleRegistry')),
    )
    .transform(emptyToNull),
);

const wordRule = rule(say('ruleWords'));

/** Parts of names. */
export const words = plain(() =>
  z
    .array(z.string(wordRule).check(atMost(100, wordRule)).regex(printable, wordRule), wordRule)
    .check(atMost(50, wordRule)),
);

const moduleName = (): z.ZodString =>
  z
    .string(rule(say('ruleModule')))
    .check(atMost(255))
    .regex(/^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u, rule(say('ruleModule')));

/** Names of Python modules, such as `torch` or `sklearn.linear_model`. */
export const moduleNames = plain(() =>
  z
    .array(moduleName(), rule(say('ruleModules')))
    .check(atMost(50, rule(say('ruleFewModules', { max: 50 })))),
);
