import { argumentLimits } from '../argument-limits';
import { isIP } from 'node:net';
import * as z from 'zod';

/*
 * The kinds of values a setting can have. The message of each issue says what is allowed, in words that
 * complete "it must be …".
 */

export const flag = z.boolean({ error: 'true or false' });

const wholeNumber = (min: number, max: number, error: string): z.ZodNumber =>
  z.number({ error }).int({ error }).min(min, { error }).max(max, { error });

export const count = (min: number, max: number): z.ZodNumber =>
  wholeNumber(min, max, `a whole number from ${min} to ${max}`);

/** `null` leaves the choice open, and in an entry of `bentos` takes back what the folder says. */
export const optionalCount = (min: number, max: number): z.ZodNullable<z.ZodNumber> =>
  wholeNumber(min, max, `a whole number from ${min} to ${max}, or null`).nullable();

export const port = optionalCount(1, 65_535);

export const seconds = (min: number, max: number): z.ZodNumber => {
  const error = `a number of seconds from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
};

export const choice = <const Values extends readonly string[]>(
  values: Values,
): z.ZodEnum<z.core.util.ToEnum<Values[number]>> =>
  z.enum(values, { error: `one of ${values.map((value) => `"${value}"`).join(', ')}` });

/** What one argument or variable may hold on Windows. */
export const maxTextLength = 32_767;
export const maxPathLength = 4096;

export const text = (words: string, max = maxTextLength): z.ZodString =>
  z
    .string({ error: words })
    .max(max, { error: `${words}, at most ${max} characters long` })
    .regex(/^[^\0]*$/, { error: `${words}, without a NUL character` });

/** Never what a command would take for an option. */
export const path = text('a path', maxPathLength).regex(/^(?!-)/, {
  error: 'a path that does not begin with "-"',
});

/** No control characters, none that turn the direction of writing, no blank ends, no leading "-". */
const printable = /^(?![-\s])[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+(?<!\s)$/u;

export const label = (words: string): z.ZodString => {
  const error = `${words}, 1 to 255 printable characters that do not begin with "-" or a space`;
  return z.string({ error }).max(255, { error }).regex(printable, { error });
};

export const componentName = z
  .string()
  .max(255)
  .regex(/^(?!__proto__$)[A-Za-z0-9_][A-Za-z0-9_.-]*$/);

export const variableName = z
  .string()
  .max(255)
  .regex(/^(?!__proto__$)[A-Za-z_][A-Za-z0-9_().-]*$/);

/** Of BentoML's configuration, such as `api_server.traffic.timeout` or `runners."my-model".workers`. */
export const optionKey = z
  .string()
  .max(255)
  .regex(/^(?!__proto__$)(?:\w+|"[^"\s=]+")(?:\.(?:\w+|"[^"\s=]+"))*$/);

const optionWords = 'text without quotes and line breaks, a number, true, false, or null';

/** `null` takes back what the folder says. */
export const optionValue = z
  .union(
    [
      z.number(),
      z.boolean(),
      z
        .string()
        .max(maxTextLength)
        .regex(/^[^"\r\n\0]*$/),
    ],
    { error: optionWords },
  )
  .nullable();

const hostName = String.raw`(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])`;

/** `portSchemes`: those whose port has to be told. */
const addressPattern = (portSchemes: string): RegExp =>
  new RegExp(
    String.raw`^(?:(?:${portSchemes})://${hostName}:[0-9]{1,5}|https?://${hostName}(?::[0-9]{1,5})?(?:/[\w.~%/-]*)?)$`,
  );

const address = (portSchemes: string, words: string): z.ZodString =>
  z
    .string({ error: words })
    .max(2048, { error: words })
    .regex(addressPattern(portSchemes), { error: words })
    // No port beyond 65,535.
    .refine((text) => URL.canParse(text), { error: words });

/** Of a runner or service that runs elsewhere. */
export const remoteAddress = address(
  'tcp',
  'an address such as tcp://10.0.0.5:3000, http://10.0.0.5:3000 or https://embed.example.com',
);

/** Of a bento that is only watched. */
export const watchedAddress = address(
  'tcp|grpcs?',
  'an address such as https://shop.example.com, http://10.0.0.5:3000 or grpc://10.0.0.5:3001',
);

/** Of a profile, or of a bento that is only watched. */
export const givenName = z
  .string()
  .max(50)
  .regex(/^(?!__proto__$)[A-Za-z0-9_][A-Za-z0-9_. -]*$/);

export const argumentName = z
  .string()
  .max(255)
  .regex(/^(?!__proto__$)[A-Za-z_]\w*$/);

export const argumentValue = z
  .union([z.number(), z.boolean(), z.string().max(maxTextLength)], {
    error: 'text, a number, true, false, or null',
  })
  .nullable();

/** Of a certificate: a host name or an IP address. Empty: none. */
export const serverName = text('a host name or an IP address', 253).regex(
  /^(?:[A-Za-z0-9:](?:[A-Za-z0-9.:-]*[A-Za-z0-9:])?)?$/,
  { error: 'a host name or an IP address, such as api.example.com' },
);

/** As OpenSSL takes it. Empty: none. */
export const cipherList = text('a list of ciphers as OpenSSL takes it', 4096).regex(
  /^(?:[A-Za-z0-9!+@][A-Za-z0-9!+@:=._-]*)?$/,
  { error: 'a list of ciphers as OpenSSL takes it, such as ECDHE+AESGCM' },
);

/** Of Python, such as `torch` or `sklearn.linear_model`. */
export const moduleName = z
  .string({ error: 'the name of a Python module' })
  .max(255)
  .regex(/^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*$/u, {
    error: 'the name of a Python module',
  });

/** An object whose keys people choose. */
export function table<Value extends z.ZodType>(
  key: z.ZodString,
  value: Value,
  words: string,
  blocks = true,
): z.ZodRecord<z.ZodString, Value> {
  const most = 1000;
  const error = `an object with at most ${most} ${words}`;
  return z.record(key, value, { error }).refine((object) => Object.keys(object).length <= most, {
    error: ({ input }) => tooMany(input as object, most, words),
    params: { blocks },
  });
}

/** What is ignored as a whole would be served in another way: its size says what it would take. */
function tooMany(input: object, most: number, words: string): string {
  const size = Buffer.byteLength(JSON.stringify(input));
  const { one } = argumentLimits();
  return `an object with at most ${most} ${words}, and this has ${Object.keys(input).length} (${size} bytes, of which the system passes at most ${one} to a process at once)`;
}

function ipAddress(value: string, context: z.RefinementCtx<string>): string {
  const address = value.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) !== 0 && !address.includes('%')) return address;
  const message =
    value.trim().toLowerCase() === 'localhost'
      ? 'an IP address: write 127.0.0.1 instead of localhost'
      : 'an IP address, such as 127.0.0.1 or ::1';
  context.issues.push({ code: 'custom', input: value, message });
  return z.NEVER;
}

const hostText = z.string({ error: 'an IP address' });

/** An IP literal: BentoML 1.4 refuses names. */
export const host = hostText.transform(ipAddress);

/** Empty leaves it to the service, and in an entry of `bentos` takes back what the folder says. */
export const serverHost = hostText.transform((value, context) =>
  value === '' ? null : ipAddress(value, context),
);
