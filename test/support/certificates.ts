import { createPrivateKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  createAuthority,
  type Authority,
  type IssuedCertificate,
} from '../../src/core/tls/issue-certificates.ts';

const aDayMs = 86_400_000;

/** From so many days ago, for so many. */
export const valid = (days: number, since = 1): { notBefore: Date; notAfter: Date } => {
  const from = Date.now() - since * aDayMs;
  return { notBefore: new Date(from), notAfter: new Date(from + days * aDayMs) };
};

export const newAuthority = (): Promise<Authority> => createAuthority('Test Authority', valid(60));

export const localhost: readonly string[] = ['localhost', '127.0.0.1', '::1'];

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Writes them where a setting can name them. */
export function writePair(
  folder: string,
  name: string,
  { certificate, key }: IssuedCertificate,
): CertificateFiles {
  return {
    certFile: written(folder, `${name}.pem`, certificate),
    keyFile: written(folder, `${name}-key.pem`, key),
  };
}

export function written(folder: string, name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** As `openssl pkcs8 -topk8` makes it. */
export const withPassword = (key: string, passphrase: string): string =>
  createPrivateKey(key)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
    .toString();
