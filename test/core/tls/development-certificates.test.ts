import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import {
  createDevelopmentCertificates,
  developmentFiles,
} from '../../../src/core/tls/development-certificates';
import { serversTls } from '../../../src/core/tls/server-tls';

describe('certificates for development', () => {
  let folder: string;

  beforeEach(() => {
    folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'development-')), 'certs');
  });

  afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

  it.each(['127.0.0.1', '::1'])('serve %s and its clients', async (host) => {
    const files = await createDevelopmentCertificates(folder, Date.now());
    const { http } = await serversTls(
      {
        http: {
          ...defaultSettings.http,
          host,
          tls: { ...files, clientCertificates: 'required', version: 'auto' },
        },
        grpc: defaultSettings.grpc,
      },
      { now: Date.now(), keyPassword: () => Promise.reject(new Error('there is none')) },
    );
    expect(http?.client).toMatchObject({ name: host, acceptsOurCertificate: true });
    const { validFrom, validTo } = new X509Certificate(readFileSync(files.certFile));
    expect(Date.parse(validTo) - Date.parse(validFrom)).toBeLessThan(827 * 86_400_000);
  });

  it('leave no key of their authority, and the others to the user alone', async () => {
    const files = await createDevelopmentCertificates(folder, Date.now());
    const ca = readFileSync(files.caFile, 'utf8');
    expect(new X509Certificate(ca).ca).toBe(true);
    expect(ca).not.toContain('PRIVATE KEY');
    if (process.platform === 'win32') return;
    expect(statSync(files.keyFile).mode & 0o777).toBe(0o600);
    expect(statSync(files.clientKeyFile).mode & 0o777).toBe(0o600);
  });

  it('replace those that are there, with a mode of their own', async () => {
    const first = await createDevelopmentCertificates(folder, Date.now());
    const key = path.join(folder, developmentFiles.keyFile);
    rmSync(key);
    writeFileSync(key, 'words', { mode: 0o666 });
    const before = readFileSync(first.certFile, 'utf8');
    await createDevelopmentCertificates(folder, Date.now());
    expect(readFileSync(first.certFile, 'utf8')).not.toBe(before);
    if (process.platform !== 'win32') expect(statSync(key).mode & 0o777).toBe(0o600);
  });
});
