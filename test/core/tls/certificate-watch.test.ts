import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CertificateWatch } from '../../../src/core/tls/certificate-watch';
import type { Authority } from '../../../src/core/tls/issue-certificates';
import type { ServerTls } from '../../../src/core/tls/server-tls';
import { TlsClient } from '../../../src/core/tls/tls-client';
import { localhost, newAuthority, writePair } from '../../support/certificates';
import { ManualClock } from '../../support/manual-clock';
import { until } from '../../support/until';

const aDayMs = 86_400_000;
const aMinuteMs = 60_000;

describe('the watch over a certificate', () => {
  let folder: string;
  let clock: ManualClock;
  let authority: Authority;
  let watch: CertificateWatch | undefined;
  let changes: number;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'watch-'));
    clock = new ManualClock();
    authority = await newAuthority();
    changes = 0;
  });

  afterEach(() => {
    watch?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Puts one that is valid so long where the watched one is. */
  async function put(days: number): Promise<ServerTls> {
    const notBefore = new Date(clock.date());
    const notAfter = new Date(clock.date() + days * aDayMs);
    const issued = await authority.issue({
      commonName: 'a server',
      usage: 'server',
      hosts: localhost,
      notBefore,
      notAfter,
    });
    const files = writePair(folder, 'server', issued);
    const certificate = readFileSync(files.certFile, 'latin1');
    const client = new TlsClient({
      name: 'localhost',
      anchors: [certificate],
      anchorFile: files.certFile,
      usePublicCAs: false,
      pair: undefined,
      acceptsOurCertificate: true,
    });
    return { ...files, certificate, opened: undefined, validTo: notAfter.getTime(), client };
  }

  function start(tls: ServerTls): CertificateWatch {
    watch = new CertificateWatch(new Map([['http', tls]]), clock, () => (changes += 1));
    return watch;
  }

  const file = (): string => path.join(folder, 'server.pem');

  /** The next look, and what was seen. */
  async function next(watch: CertificateWatch, count: number): Promise<unknown> {
    await until('the first look', () => clock.waiting === 1);
    await clock.pass(aMinuteMs);
    await until('a change', () => changes === count);
    return watch.warnings;
  }

  it('says nothing of one that is valid for long', async () => {
    const watch = start(await put(30));
    await until('the first look', () => clock.waiting === 1);
    expect(watch.warnings).toEqual([]);
  });

  it('warns from seven days before its end, and afterwards', async () => {
    const watch = start(await put(30));
    await until('the first look', () => clock.waiting === 1);
    clock.setForward(24 * aDayMs);
    const expires = { kind: 'certificateExpires', component: 'http', file: file() };
    expect(await next(watch, 1)).toEqual([{ ...expires, days: 5 }]);
    clock.setForward(6 * aDayMs);
    expect(await next(watch, 2)).toEqual([{ ...expires, days: -1 }]);
  });

  it('tells of another one in its place until the workers have it', async () => {
    const watch = start(await put(3));
    await until('the first look', () => changes === 1);
    await put(40);
    expect(await next(watch, 2)).toEqual([
      { kind: 'certificateReplaced', component: 'http', file: file() },
    ]);
    await watch.restarted('http');
    expect(watch.warnings).toEqual([]);
  });

  it('does not take for another one what is not written yet', async () => {
    const watch = start(await put(30));
    await until('the first look', () => clock.waiting === 1);
    rmSync(file());
    await clock.pass(aMinuteMs);
    await until('the second look', () => clock.waiting === 1);
    expect(watch.warnings).toEqual([]);
  });

  it('of workers that got an opened key waits for a serve', async () => {
    const tls = await put(30);
    const watch = start({ ...tls, opened: { certificate: tls.certificate, key: '' } });
    await put(40);
    expect(await next(watch, 1)).toHaveLength(1);
    await watch.restarted('http');
    expect(watch.warnings).toHaveLength(1);
  });
});
