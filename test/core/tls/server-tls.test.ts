import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServeError } from '../../../src/core/problem';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import type { HttpTlsSettings } from '../../../src/core/settings/serve-settings';
import type { Authority } from '../../../src/core/tls/issue-certificates';
import { serversTls, type ServerTls } from '../../../src/core/tls/server-tls';
import {
  localhost,
  newAuthority,
  valid,
  withPassword,
  writePair,
  written,
  type CertificateFiles,
} from '../../support/certificates';

let folder: string;
let authority: Authority;
let caFile: string;
let good: CertificateFiles;
let client: CertificateFiles;
/** The passwords that a person would give, one after the other. */
let passwords: string[];
let asked: string[];

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'tls-'));
  authority = await newAuthority();
  caFile = written(folder, 'ca.pem', authority.certificate);
  good = writePair(folder, 'good', await server());
  client = writePair(
    folder,
    'client',
    await authority.issue({ commonName: 'a client', usage: 'client', ...valid(30) }),
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const server = (hosts = localhost, days = 30, since = 1) =>
  authority.issue({ commonName: 'a server', usage: 'server', hosts, ...valid(days, since) });

async function check(
  tls: Partial<HttpTlsSettings>,
  host = '127.0.0.1',
): Promise<ServerTls | undefined> {
  asked = [];
  const http = { ...defaultSettings.http, host, tls: { ...none, ...tls } };
  const checked = await serversTls(
    { http, grpc: defaultSettings.grpc },
    {
      now: Date.now(),
      keyPassword: (file, again) => {
        asked.push(`${path.basename(file)}${again ? ' again' : ''}`);
        return Promise.resolve(passwords.shift() ?? '');
      },
    },
  );
  return checked.http;
}

const none = { clientCertificates: 'none', version: 'auto' } as const;

/** What is said about settings that cannot be used. */
async function refusal(tls: Partial<HttpTlsSettings>, host?: string): Promise<string> {
  try {
    await check(tls, host);
  } catch (error) {
    expect((error as ServeError).code).toBe('tls');
    return (error as ServeError).message.replaceAll(folder + path.sep, '');
  }
  throw new Error('It was accepted.');
}

describe('the TLS of a server', () => {
  it('is off without a certificate', async () => {
    expect(await check({})).toBeUndefined();
  });

  it('is what the files say, called by the name of the host', async () => {
    const tls = await check({ ...good, caFile });
    expect(tls).toMatchObject({ ...good, opened: undefined });
    expect(tls?.client).toMatchObject({ name: '127.0.0.1', acceptsOurCertificate: true });
    expect(((tls?.validTo ?? 0) - Date.now()) / 86_400_000).toBeCloseTo(29, 1);
  });

  it('needs no authority of its own: the certificate itself is the anchor', async () => {
    expect((await check(good))?.client.name).toBe('127.0.0.1');
  });

  it('may have the key in the file of the certificate', async () => {
    const { certificate, key } = await server();
    const certFile = written(folder, 'both.pem', key + certificate);
    expect(await check({ certFile })).toMatchObject({ keyFile: certFile });
  });

  it('is called localhost where the certificate is for that only', async () => {
    const named = writePair(folder, 'named', await server(['localhost']));
    expect((await check(named))?.client.name).toBe('localhost');
    expect((await check(named, '0.0.0.0'))?.client.name).toBe('localhost');
  });

  it('is called as the settings say', async () => {
    const named = writePair(folder, 'api', await server(['api.example.com']));
    const tls = await check({ ...named, serverName: 'api.example.com' });
    expect(tls?.client.name).toBe('api.example.com');
  });

  describe('with a password', () => {
    it('is opened with it, and the key is for the memory only', async () => {
      const { certificate, key } = await server();
      const locked = writePair(folder, 'locked', { certificate, key: withPassword(key, 'sesame') });
      passwords = ['wrong', 'sesame'];
      const tls = await check(locked);
      expect(asked).toEqual(['locked-key.pem', 'locked-key.pem again']);
      expect(tls?.opened).toEqual({ certificate, key });
    });

    it('may be in the form of before PKCS #8', async () => {
      const { certificate } = await server();
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const key = privateKey.export({
        type: 'pkcs1',
        format: 'pem',
        cipher: 'aes-128-cbc',
        passphrase: 'sesame',
      });
      const other = writePair(folder, 'old', { certificate, key: key.toString() });
      passwords = ['sesame'];
      expect(await refusal(other)).toContain('does not belong to the certificate');
    });
  });

  describe('is refused', () => {
    it.each(['certFile', 'keyFile', 'caFile'] as const)('without its %s', async (setting) => {
      expect(await refusal({ ...good, caFile, [setting]: path.join(folder, 'none.pem') })).toBe(
        `"none.pem" (serveBento.http.tls.${setting}) does not exist: create it, or correct the setting.`,
      );
    });

    it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
      'when the key must not be read',
      async () => {
        const hidden = writePair(folder, 'hidden', await server());
        chmodSync(hidden.keyFile, 0);
        expect(await refusal(hidden)).toContain('is not readable by this user');
      },
    );

    it('when a file is something else', async () => {
      const certFile = written(folder, 'words.pem', 'words');
      expect(await refusal({ ...good, certFile })).toContain('has no certificate in PEM');
      expect(await refusal({ ...good, keyFile: certFile })).toContain('has no private key in PEM');
      expect(await refusal({ certFile: good.certFile })).toContain(
        'has no private key: set serveBento.http.tls.keyFile',
      );
      expect(await refusal({ ...good, certFile: folder })).toContain('is not a file');
    });

    it('when a certificate or a key is damaged', async () => {
      const { certificate, key } = await server();
      const damaged = (pem: string): string => pem.replace(/\n.{30}/, '\nAAAA');
      const one = writePair(folder, 'damaged', { certificate: damaged(certificate), key });
      expect(await refusal(one)).toContain('is damaged');
      const other = writePair(folder, 'damaged-key', { certificate, key: damaged(key) });
      expect(await refusal(other)).toContain('is damaged');
    });

    it('when the key belongs to another certificate', async () => {
      const other = writePair(folder, 'other', await server());
      expect(await refusal({ ...good, keyFile: other.keyFile })).toBe(
        'The key "other-key.pem" (serveBento.http.tls.keyFile) does not belong to the certificate "good.pem" (serveBento.http.tls.certFile): use the key that the certificate was made with, and put the server\'s certificate first in its file.',
      );
    });

    it('when it has expired, or is not valid yet', async () => {
      const expired = writePair(folder, 'expired', await server(localhost, 10, 20));
      expect(await refusal(expired)).toMatch(
        /^The certificate "expired.pem" \(serveBento.http.tls.certFile\) expired on \d{4}-\d\d-\d\d: renew it\.$/,
      );
      const early = writePair(folder, 'early', await server(localhost, 10, -2));
      expect(await refusal(early)).toContain('check the clock of this machine, or wait');
    });

    it('when it is for another host', async () => {
      const named = writePair(folder, 'api', await server(['api.example.com']));
      expect(await refusal(named)).toBe(
        'The certificate "api.pem" (serveBento.http.tls.certFile) is for DNS:api.example.com, not for 127.0.0.1 or localhost: get one for 127.0.0.1 or localhost, or set serveBento.http.tls.serverName to the name that clients use.',
      );
      expect(await refusal({ ...good, serverName: 'api.example.com' })).toContain(
        'not for api.example.com',
      );
    });

    it('when its authority is another one', async () => {
      const other = written(folder, 'other-ca.pem', (await newAuthority()).certificate);
      expect(await refusal({ ...good, caFile: other })).toContain(
        'was issued neither by a CA of serveBento.http.tls.caFile nor by a public CA',
      );
    });

    it('when it is one for clients, or names no host', async () => {
      const request = { commonName: 'a client', hosts: localhost, ...valid(30) };
      const other = writePair(
        folder,
        'client-of-localhost',
        await authority.issue({ ...request, usage: 'client' }),
      );
      expect(await refusal(other)).toContain('is not a server certificate');
      const { certFile, keyFile } = client;
      expect(await refusal({ certFile, keyFile, caFile })).toContain('names no host');
    });

    it('when clients are to be verified by nothing, or without TLS', async () => {
      expect(await refusal({ ...good, clientCertificates: 'required' })).toContain(
        'no certificate can be verified without serveBento.http.tls.caFile',
      );
      expect(await refusal({ clientCertificates: 'required' })).toContain(
        'without serveBento.http.tls.certFile there is no TLS',
      );
      expect(await refusal({ keyFile: good.keyFile })).toContain('there is no TLS');
    });
  });

  describe('whose clients need a certificate', () => {
    const required = { clientCertificates: 'required' } as const;

    it('is asked with the one that is set', async () => {
      const { certFile: clientCertFile, keyFile: clientKeyFile } = client;
      const tls = await check({ ...good, caFile, ...required, clientCertFile, clientKeyFile });
      expect(tls?.client.acceptsOurCertificate).toBe(true);
      expect(await tls?.client.options()).toHaveProperty('cert');
    });

    it('is not asked where there is none', async () => {
      const tls = await check({ ...good, caFile, ...required });
      expect(tls?.client.acceptsOurCertificate).toBe(false);
    });

    it('is refused with one that it would refuse', async () => {
      const other = await newAuthority();
      const stranger = writePair(
        folder,
        'stranger',
        await other.issue({ commonName: 'a stranger', usage: 'client', ...valid(30) }),
      );
      const { certFile: clientCertFile, keyFile: clientKeyFile } = stranger;
      expect(
        await refusal({ ...good, caFile, ...required, clientCertFile, clientKeyFile }),
      ).toContain('would not accept the client certificate');
    });
  });
});
