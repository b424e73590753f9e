import type { KeyObject, X509Certificate } from 'node:crypto';
import os from 'node:os';
import type { TlsOptions } from 'node:tls';
import { reachable } from '../address';
import { oneLine } from '../one-line';
import { ServeError } from '../problem';
import { readSmallFile, UnreadableFileError } from '../read-small-file';
import type { HttpTlsSettings, ServeSettings, TlsSettings } from '../settings/serve-settings';
import { shownText } from '../settings/shown-value';
import { handshake } from './handshake';
import { certificatesIn, isEncrypted, openKey, privateKeyIn } from './pem';
import { notNamed, TlsClient, trust, type ClientPair } from './tls-client';
import { problemTexts, say, type Message } from '../messages/message';

/** A server's TLS: checked, and how to talk to it. */
export interface ServerTls {
  readonly certFile: string;
  readonly keyFile: string;
  /** In PEM, when the key has a password: BentoML is not to get it. The certificate belongs to this key. */
  readonly opened: { readonly certificate: string; readonly key: string } | undefined;
  /** As it was read. */
  readonly certificate: string;
  /** Until when it is valid, milliseconds since the epoch. */
  readonly validTo: number;
  readonly client: TlsClient;
}

export interface TlsContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Asks for the password of a key; `again` when the last one was wrong. Rejects when it is not given. */
  readonly keyPassword: (file: string, again: boolean) => Promise<string>;
}

type Server = 'http' | 'grpc';
type File = 'certFile' | 'keyFile' | 'caFile' | 'clientCertFile' | 'clientKeyFile';
type TlsSetting = File | 'serverName' | 'clientCertificates';

interface ErrorFacts {
  readonly cause?: unknown;
  readonly summary?: Message;
}

interface Pair {
  readonly certificate: X509Certificate;
  /** All of the file. */
  readonly chain: string;
  readonly key: KeyObject;
  readonly isEncrypted: boolean;
  readonly keyFile: string;
}

/** Of those that have it. */
export type ServersTls = Readonly<Partial<Record<Server, ServerTls>>>;

/** The TLS of every server that is to have it. @throws ServeError `tls`, one sentence on what is wrong with it. */
export async function serversTls(
  { http, grpc }: Pick<ServeSettings, 'http' | 'grpc'>,
  surroundings: TlsContext,
): Promise<ServersTls> {
  const [ofHttp, ofGrpc] = [
    http.enabled ? await new TlsCheck('http', http, surroundings).run() : undefined,
    grpc.enabled ? await new TlsCheck('grpc', grpc, surroundings).run() : undefined,
  ];
  return { ...(ofHttp && { http: ofHttp }), ...(ofGrpc && { grpc: ofGrpc }) };
}

/** What is wrong with the certificates of one server is said before it starts, as its clients would only see an alert. */
class TlsCheck {
  readonly #server: Server;
  readonly #host: string;
  readonly #tls: Partial<HttpTlsSettings>;
  readonly #surroundings: TlsContext;

  constructor(
    server: Server,
    { host = '127.0.0.1', tls = {} }: { readonly host?: string; readonly tls?: TlsSettings },
    surroundings: TlsContext,
  ) {
    this.#server = server;
    this.#host = host;
    this.#tls = tls;
    this.#surroundings = surroundings;
  }

  async run(): Promise<ServerTls | undefined> {
    const { certFile, keyFile, caFile, clientCertificates = 'none' } = this.#tls;
    if (certFile === undefined) {
      this.#refuseWithout(keyFile, clientCertificates);
      return undefined;
    }
    if (caFile === undefined && clientCertificates !== 'none') {
      throw this.#error(
        'clientCertificates',
        say('tlsNoAuthorities', {
          setting: this.#setting('clientCertificates'),
          value: clientCertificates,
          caFile: this.#setting('caFile'),
        }),
      );
    }
    const pair = await this.#pair('certFile', 'keyFile', certFile, keyFile ?? certFile);
    const which = say('tlsCertificate', { file: this.#shown('certFile', certFile) });
    this.#checkDates(pair.certificate, which, 'certFile');
    const name = this.#nameIn(pair.certificate, certFile);
    const authorities = caFile === undefined ? undefined : await this.#authorities(caFile);
    const usePublicCAs = await this.#checkChain(pair, certFile, authorities);
    const { pair: client, acceptsOurCertificate } = await this.#client(pair, authorities);
    return {
      certFile,
      keyFile: pair.keyFile,
      certificate: pair.chain,
      opened: pair.isEncrypted ? { certificate: pair.chain, key: exported(pair.key) } : undefined,
      validTo: Date.parse(pair.certificate.validTo),
      client: new TlsClient({
        name,
        anchors: [
          authorities ?? pair.chain,
          ...(isOwnIssuer(pair.certificate) ? [pair.chain] : []),
        ],
        anchorFile: caFile === undefined || isOwnIssuer(pair.certificate) ? certFile : caFile,
        usePublicCAs,
        pair: client,
        acceptsOurCertificate,
      }),
    };
  }

  #refuseWithout(keyFile: string | undefined, clients: string): void {
    const set =
      keyFile !== undefined ? 'keyFile' : clients === 'none' ? undefined : 'clientCertificates';
    if (set === undefined) return;
    throw this.#error(
      set,
      say('tlsIncomplete', { setting: this.#setting(set), certFile: this.#setting('certFile') }),
    );
  }

  async #pair(
    certSetting: File,
    keySetting: File,
    certFile: string,
    keyFile: string,
  ): Promise<Pair> {
    const chain = await this.#read(certSetting, certFile);
    const [certificate] = this.#certificates(certSetting, certFile, chain);
    const text = privateKeyIn(keyFile === certFile ? chain : await this.#read(keySetting, keyFile));
    const shown = this.#shown(keySetting, keyFile);
    if (text === undefined) {
      throw this.#error(
        keySetting,
        keyFile === certFile
          ? say('tlsNoKeyInCertificate', {
              file: this.#shown(certSetting, certFile),
              setting: this.#setting(keySetting),
            })
          : say('tlsNoKey', { file: shown }),
      );
    }
    const encrypted = isEncrypted(text);
    const key = encrypted ? await this.#unlock(text, keyFile) : openKey(text);
    if (key === undefined) {
      throw this.#error(keySetting, say('tlsKeyDamaged', { file: shown }));
    }
    if (!certificate.checkPrivateKey(key)) {
      throw this.#error(
        keySetting,
        say('tlsKeyOfAnother', {
          key: shown,
          certificate: this.#shown(certSetting, certFile),
        }),
      );
    }
    return { certificate, chain, key, isEncrypted: encrypted, keyFile };
  }

  /** Until the password is right, or the person has had enough. */
  async #unlock(text: string, file: string): Promise<KeyObject> {
    for (let again = false; ; again = true) {
      const key = openKey(text, await this.#surroundings.keyPassword(file, again));
      if (key !== undefined) return key;
    }
  }

  #certificates(
    setting: File,
    file: string,
    text: string,
  ): readonly [X509Certificate, ...X509Certificate[]] {
    let found: readonly X509Certificate[];
    try {
      found = certificatesIn(text);
    } catch (error) {
      throw this.#error(
        setting,
        say('tlsCertificateDamaged', { file: this.#shown(setting, file) }),
        { cause: error },
      );
    }
    const [first, ...rest] = found;
    if (first === undefined) {
      throw this.#error(setting, say('tlsNoCertificate', { file: this.#shown(setting, file) }));
    }
    return [first, ...rest];
  }

  #checkDates({ validFrom, validTo }: X509Certificate, which: Message, setting: File): void {
    const { now } = this.#surroundings;
    if (Date.parse(validTo) < now) {
      throw this.#error(setting, say('tlsExpired', { which, date: day(validTo) }));
    }
    if (Date.parse(validFrom) > now) {
      throw this.#error(setting, say('tlsNotYetValid', { which, date: day(validFrom) }));
    }
  }

  /** The name for which clients will verify it: what is set, or one of the host's. */
  #nameIn(certificate: X509Certificate, file: string): string {
    const { serverName } = this.#tls;
    const names = serverName === undefined ? namesOf(this.#host) : [serverName];
    const legacy = certificate.toLegacyObject();
    const name = names.find((one) => notNamed(one, legacy) === undefined);
    if (name !== undefined) return name;
    const facts = {
      file: this.#shown('certFile', file),
      names: names.join(' or '),
      setting: this.#setting('serverName'),
    };
    const { subjectAltName: found } = certificate;
    throw this.#error(
      'serverName',
      found === undefined
        ? say('tlsNamesNoHost', facts)
        : say('tlsOtherHost', { ...facts, found: oneLine(found) }),
    );
  }

  async #authorities(file: string): Promise<string> {
    const text = await this.#read('caFile', file);
    for (const authority of this.#certificates('caFile', file, text)) {
      this.#checkDates(
        authority,
        say('tlsAuthority', { file: this.#shown('caFile', file) }),
        'caFile',
      );
    }
    return text;
  }

  /** Whether it takes the well-known authorities to verify it. */
  async #checkChain(pair: Pair, file: string, authorities: string | undefined): Promise<boolean> {
    const own = [pair.chain];
    const anchors =
      authorities === undefined
        ? own
        : [authorities, ...(isOwnIssuer(pair.certificate) ? own : [])];
    const server = this.#serverOptions(pair);
    try {
      const refused = await handshake(server, trust(anchors, false));
      if (refused === undefined) return false;
      if ((await handshake(server, trust(anchors, true))) === undefined) return true;
      throw this.#error('certFile', this.#refusal(refused, file));
    } catch (error) {
      if (error instanceof ServeError) throw error;
      const why = oneLine(error instanceof Error ? error.message : String(error));
      const facts = { file: this.#shown('certFile', file), reason: why };
      const summary = say('tlsUnusableSummary', facts);
      throw this.#error('certFile', say('tlsUnusable', facts), {
        cause: error,
        summary,
      });
    }
  }

  #refusal(code: string, path: string): Message {
    const file = this.#shown('certFile', path);
    if (code === 'CERT_HAS_EXPIRED') return say('tlsOneExpired', { file });
    if (code === 'INVALID_PURPOSE') return say('tlsNotForServers', { file });
    const notIssued = /ISSUER|VERIFY_LEAF|SELF_SIGNED/.test(code);
    return notIssued
      ? say('tlsUnknownAuthority', { file, setting: this.#setting('caFile') })
      : say('tlsRefused', { file, code });
  }

  /** What the probes bring. Where none will do, the server is watched without asking it whether it is ready. */
  async #client(
    own: Pair,
    authorities: string | undefined,
  ): Promise<{ readonly pair: ClientPair | undefined; readonly acceptsOurCertificate: boolean }> {
    const { clientCertFile, clientKeyFile, clientCertificates } = this.#tls;
    const set =
      clientCertFile === undefined
        ? undefined
        : await this.#pair(
            'clientCertFile',
            'clientKeyFile',
            clientCertFile,
            clientKeyFile ?? clientCertFile,
          );
    const isAsked =
      authorities !== undefined && (this.#server === 'grpc' || clientCertificates !== 'none');
    if (!isAsked) return { pair: undefined, acceptsOurCertificate: true };
    const { chain, key } = set ?? own;
    const pair = { cert: chain, key: exported(key) };
    const refused = await handshake(
      { ...this.#serverOptions(own), ca: authorities, requestCert: true, rejectUnauthorized: true },
      { ...pair, rejectUnauthorized: false },
    );
    if (refused === undefined) return { pair, acceptsOurCertificate: true };
    if (clientCertFile !== undefined) {
      throw this.#error(
        'clientCertFile',
        say('tlsClientRefused', {
          file: this.#shown('clientCertFile', clientCertFile),
          setting: this.#setting('caFile'),
        }),
      );
    }
    return { pair: undefined, acceptsOurCertificate: clientCertificates === 'optional' };
  }

  #serverOptions({ chain, key }: Pair): TlsOptions {
    return { cert: chain, key: exported(key) };
  }

  async #read(setting: File, file: string): Promise<string> {
    try {
      return (await readSmallFile(file)).toString('latin1');
    } catch (error) {
      if (!(error instanceof UnreadableFileError)) throw error;
      throw this.#error(
        setting,
        say('tlsFileUnreadable', { file: this.#shown(setting, file), what: error.what }),
        { cause: error },
      );
    }
  }

  #shown(setting: File, file: string): string {
    return `${shownText(file, 500)} (${this.#setting(setting)})`;
  }

  #setting(name: TlsSetting): string {
    return `serveBento.${this.#server}.tls.${name}`;
  }

  /** @param setting the one to change. */
  #error(setting: TlsSetting, message: Message, { cause, summary }: ErrorFacts = {}): ServeError {
    const texts = problemTexts(message, summary);
    return new ServeError({ code: 'tls', setting: this.#setting(setting), ...texts }, { cause });
  }
}

/** Who connects to the host may call it so. */
function namesOf(host: string): readonly string[] {
  const address = reachable(host);
  const isLocal = address === '::1' || address.startsWith('127.');
  return [
    address,
    ...(isLocal ? ['localhost'] : []),
    ...(host === address && isLocal ? [] : [os.hostname()]),
  ];
}

const isOwnIssuer = (certificate: X509Certificate): boolean =>
  certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);

const exported = (key: KeyObject): string =>
  key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** `2026-11-23`. */
const day = (date: string): string => new Date(date).toISOString().slice(0, 10);
