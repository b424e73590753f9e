import { isIP } from 'node:net';
import {
  checkServerIdentity,
  rootCertificates,
  type ConnectionOptions,
  type PeerCertificate,
} from 'node:tls';
import { readSmallFile } from '../read-small-file';

/** What a client shows to a server that asks for it, in PEM. */
export interface ClientPair {
  readonly cert: string;
  readonly key: string;
}

export interface TlsClientParts {
  readonly name: string;
  readonly anchors: readonly string[];
  readonly anchorFile: string;
  readonly usePublicCAs: boolean;
  readonly pair: ClientPair | undefined;
  readonly acceptsOurCertificate: boolean;
}

/** How our probes talk to a server with TLS: they verify it as its clients do. */
export class TlsClient {
  /** The host's name in the certificate. */
  readonly name: string;
  /** It has the certificate that the server wants, or the server wants none. */
  readonly acceptsOurCertificate: boolean;
  readonly #parts: TlsClientParts;

  constructor(parts: TlsClientParts) {
    this.name = parts.name;
    this.acceptsOurCertificate = parts.acceptsOurCertificate;
    this.#parts = parts;
  }

  /** For one connection. Files that were replaced count at once: a worker that starts anew presents what is there then. */
  async options(): Promise<ConnectionOptions> {
    const { name, anchors, anchorFile, usePublicCAs, pair } = this.#parts;
    const now = await readSmallFile(anchorFile).catch(() => undefined);
    return {
      ...trust([...anchors, ...(now === undefined ? [] : [now.toString()])], usePublicCAs),
      ...pair,
      ...(isIP(name) === 0 ? { servername: name } : {}),
      checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
    };
  }
}

/** `usePublicCAs`: with the authorities that everybody trusts. */
export const trust = (
  anchors: readonly string[],
  usePublicCAs: boolean,
): Pick<ConnectionOptions, 'ca' | 'allowPartialTrustChain' | 'rejectUnauthorized'> => ({
  ca: [...anchors, ...(usePublicCAs ? rootCertificates : [])],
  // The certificate itself may be among them, whoever issued it.
  allowPartialTrustChain: true,
  rejectUnauthorized: true,
});

/** Why a certificate is not that of a host; nothing when it is. */
export const notNamed = (name: string, certificate: unknown): Error | undefined =>
  checkServerIdentity(name, certificate as PeerCertificate);
