import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { createAuthority } from './issue-certificates';

export interface DevelopmentCertificates {
  /** Absolute. */
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
  readonly clientCertFile: string;
  readonly clientKeyFile: string;
}

const aDayMs = 86_400_000;
/** In days: what systems accept of an authority that somebody added by hand. */
const lifetime = 825;

/** The names of the files, for who asks before they are replaced. */
export const developmentFiles = {
  certFile: 'localhost.pem',
  keyFile: 'localhost-key.pem',
  caFile: 'ca.pem',
  clientCertFile: 'client.pem',
  clientKeyFile: 'client-key.pem',
} as const satisfies DevelopmentCertificates;

/**
 * Writes an authority, a certificate of it for this machine's loopback addresses and one for a client. The authority's
 * key is thrown away: nobody can make certificates that those who trust it would accept. `now`: milliseconds since the
 * epoch.
 */
export async function createDevelopmentCertificates(
  folder: string,
  now: number,
): Promise<DevelopmentCertificates> {
  // A clock may be a little behind.
  const validity = {
    notBefore: new Date(now - aDayMs),
    notAfter: new Date(now + lifetime * aDayMs),
  };
  const authority = await createAuthority('Serve Bento development', validity);
  const server = await authority.issue({
    commonName: 'localhost',
    usage: 'server',
    hosts: ['localhost', '127.0.0.1', '::1'],
    ...validity,
  });
  const client = await authority.issue({
    commonName: 'Serve Bento client',
    usage: 'client',
    ...validity,
  });
  await mkdir(folder, { recursive: true });
  const write = async (name: keyof DevelopmentCertificates, text: string): Promise<string> => {
    const file = path.join(folder, developmentFiles[name]);
    await rm(file, { force: true });
    // Made with its mode, so that there is no moment in which others could read a key.
    const made = await open(file, 'wx', name.endsWith('eyFile') ? 0o600 : 0o644);
    await made.writeFile(text);
    await made.close();
    return file;
  };
  return {
    caFile: await write('caFile', authority.certificate),
    keyFile: await write('keyFile', server.key),
    certFile: await write('certFile', server.certificate),
    clientKeyFile: await write('clientKeyFile', client.key),
    clientCertFile: await write('clientCertFile', client.certificate),
  };
}
