import { isIP } from 'node:net';
import * as z from 'zod';
import { emptyToNull, plain, text } from './value-types';
import { lazy } from '../lazy';
import { atLeast, atMost } from '../length-limits';
import { say } from '../messages/message';
import { rule } from './value-rule';

const hostName = String.raw`(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])`;

/** `portSchemes`: the schemes whose addresses must name a port. */
const addressPattern = (portSchemes: string): RegExp =>
  new RegExp(
    String.raw`^(?:(?:${portSchemes})://${hostName}:[0-9]{1,5}|https?://${hostName}(?::[0-9]{1,5})?(?:/[\w.~%/-]*)?)$`,
  );

const address = (
  portSchemes: string,
  key: 'ruleRemoteAddress' | 'ruleWatchedAddress',
): z.ZodString => {
  const error = rule(say(key));
  return (
    z
      .string(error)
      .check(atMost(2048, error))
      .regex(addressPattern(portSchemes), error)
      // No port above 65,535.
      .refine((text) => URL.canParse(text), error)
  );
};

/** The address of a runner or service that is not started here. */
export const remoteAddress = lazy(() => address('tcp', 'ruleRemoteAddress'));

export const optionalRemoteAddress = plain(() => remoteAddress().nullable());

/** An address at which a bento is watched. */
const watchedAddress = (): z.ZodString => address('tcp|grpcs?', 'ruleWatchedAddress');

export const watchedAddresses = (): z.ZodArray<z.ZodString> =>
  z
    .array(watchedAddress(), rule(say('ruleAddresses')))
    .check(atLeast(1, rule(say('ruleSomeAddresses'))))
    .check(atMost(100, rule(say('ruleFewAddresses', { max: 100 }))))
    .meta({ uniqueItems: true });

/** The host name or IP address in a certificate. Empty: none. */
export const serverName = plain(() =>
  text(say('ruleServerName'), 253)
    .regex(
      /^(?:[A-Za-z0-9:](?:[A-Za-z0-9.:-]*[A-Za-z0-9:])?)?$/,
      rule(say('ruleServerNameExample')),
    )
    .transform(emptyToNull),
);

function ipAddress(value: string, context: z.RefinementCtx<string>): string {
  const address = value.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) !== 0 && !address.includes('%')) return address;
  const isLocalhost = value.trim().toLowerCase() === 'localhost';
  const { error } = rule(say(isLocalhost ? 'ruleIpNotLocalhost' : 'ruleIpExample'));
  context.issues.push({ code: 'custom', input: value, message: error });
  return z.NEVER;
}

const hostText = (): z.ZodString => z.string(rule(say('ruleIp')));

/** An IP literal: BentoML 1.4 rejects names. */
export const host = plain(() => hostText().transform(ipAddress));

/** Empty: the service decides, which in an entry of `bentos` undoes what the folder sets. */
export const serverHost = plain(() =>
  hostText().transform((value, context) => (value === '' ? null : ipAddress(value, context))),
);
