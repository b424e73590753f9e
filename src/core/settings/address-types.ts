import { isIP } from 'node:net';
import * as z from 'zod';
import { emptyToNull, plain, text } from './value-types';
import { atLeast, atMost } from '../length-limits';

const hostName = String.raw`(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])`;

/** `portSchemes`: the schemes whose addresses must name a port. */
const addressPattern = (portSchemes: string): RegExp =>
  new RegExp(
    String.raw`^(?:(?:${portSchemes})://${hostName}:[0-9]{1,5}|https?://${hostName}(?::[0-9]{1,5})?(?:/[\w.~%/-]*)?)$`,
  );

const address = (portSchemes: string, words: string): z.ZodString =>
  z
    .string({ error: words })
    .check(atMost(2048, { error: words }))
    .regex(addressPattern(portSchemes), { error: words })
    // No port above 65,535.
    .refine((text) => URL.canParse(text), { error: words });

/** Where a runner or service that is not started here can be reached. */
export const remoteAddress = address(
  'tcp',
  'an address such as tcp://10.0.0.5:3000, http://10.0.0.5:3000 or https://embed.example.com',
);

export const optionalRemoteAddress = plain(remoteAddress.nullable());

/** What a bento is watched at. */
const watchedAddress = address(
  'tcp|grpcs?',
  'an address such as https://shop.example.com, http://10.0.0.5:3000 or grpc://10.0.0.5:3001',
);

export const watchedAddresses = z
  .array(watchedAddress, { error: 'a list of addresses' })
  .check(atLeast(1, { error: 'a list with at least one address' }))
  .check(atMost(100, { error: 'a list of at most 100 addresses' }))
  .meta({ uniqueItems: true });

/** The host name or IP address in a certificate. Empty: none. */
export const serverName = plain(
  text('a host name or an IP address', 253)
    .regex(/^(?:[A-Za-z0-9:](?:[A-Za-z0-9.:-]*[A-Za-z0-9:])?)?$/, {
      error: 'a host name or an IP address, such as api.example.com',
    })
    .transform(emptyToNull),
);

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

/** An IP literal: BentoML 1.4 rejects names. */
export const host = plain(hostText.transform(ipAddress));

/** Empty: the service decides, which in an entry of `bentos` undoes what the folder sets. */
export const serverHost = plain(
  hostText.transform((value, context) => (value === '' ? null : ipAddress(value, context))),
);
