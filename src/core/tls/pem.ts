import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';

/** What stands between the lines of one label, with them. */
const block = (label: string): RegExp =>
  new RegExp(`-----BEGIN ${label}-----[^-]*(?:-[^-]+)*-----END ${label}-----`, 'g');

const certificateBlock = block('(?:TRUSTED |X509 )?CERTIFICATE');
const keyBlock = block('(?:[A-Z0-9]+ )*PRIVATE KEY');

/** The certificates of a PEM file, in order. @throws Error when one of them is damaged. */
export function certificatesIn(pem: string): readonly X509Certificate[] {
  return (pem.match(certificateBlock) ?? []).map((text) => new X509Certificate(text));
}

/** The first private key of a PEM file, as it stands there. */
export const privateKeyIn = (pem: string): string | undefined => pem.match(keyBlock)?.[0];

export const isEncrypted = (key: string): boolean =>
  /^-----BEGIN ENCRYPTED /.test(key) || /^Proc-Type:.*ENCRYPTED/m.test(key);

/** Nothing when it cannot be read, or not with this password. */
export function openKey(key: string, passphrase?: string): KeyObject | undefined {
  try {
    return createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    return undefined;
  }
}
