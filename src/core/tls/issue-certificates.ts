// The library finds its parts by what this keeps of them.
import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from '@peculiar/x509';
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';

/**
 * Certificates for development, by a library and Node's own cryptography. Loaded with `import()` when somebody wants one.
 */

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Keeps its key: whoever has it can make certificates that those who trust it accept. */
export interface Authority {
  /** PEM. */
  readonly certificate: string;
  readonly issue: (
    request: Validity & {
      readonly commonName: string;
      readonly usage: 'server' | 'client';
      /** Names and addresses of a server. Default: none. */
      readonly hosts?: readonly string[];
    },
  ) => Promise<IssuedCertificate>;
}

/** Both PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
}

export async function createAuthority(commonName: string, validity: Validity): Promise<Authority> {
  const keys = await newKeys();
  const authority = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [commonName] }],
    ...validity,
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certificate: pemOf(authority),
    issue: async ({ commonName: name, usage, hosts = [], ...own }) => {
      const ownKeys = await newKeys();
      const certificate = await X509CertificateGenerator.create({
        serialNumber: serialNumber(),
        subject: [{ CN: [name] }],
        issuer: authority.subject,
        ...own,
        signingAlgorithm: algorithm,
        publicKey: ownKeys.publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage[`${usage}Auth`]]),
          ...(hosts.length === 0
            ? []
            : [
                new SubjectAlternativeNameExtension(
                  hosts.map(
                    (value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const,
                  ),
                ),
              ]),
          await SubjectKeyIdentifierExtension.create(ownKeys.publicKey),
          await AuthorityKeyIdentifierExtension.create(authority),
        ],
      });
      return { certificate: pemOf(certificate), key: await keyPem(ownKeys.privateKey) };
    },
  };
}

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

/** Positive, and not likely to be there twice. */
const serialNumber = (): string => `0${randomBytes(16).toString('hex').slice(1)}`;

const pemOf = (certificate: X509Certificate): string => `${certificate.toString('pem')}\n`;

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const text = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  const lines = text.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n');
}
