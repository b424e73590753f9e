import type { ProcessHost } from '../helper/process-host';
import type { ServersTls, ServerTls } from '../../../tls/server-tls';

/** A server's TLS with the paths that its workers get. */
export interface ServedTls extends ServerTls {
  readonly paths: { readonly certFile: string; readonly keyFile: string };
}

/**
 * What has a password is kept by the helper, opened: BentoML would put the password into the arguments of its workers,
 * which every user of the machine can read, and has no way to give it to gRPC servers. The certificate goes with it, so
 * that workers that start anew do not get another one than its own.
 */
async function servedTls(tls: ServerTls, helper: ProcessHost): Promise<ServedTls> {
  const { certFile, keyFile, opened } = tls;
  if (opened === undefined) return { ...tls, paths: { certFile, keyFile } };
  const [certificate, key] = [await helper.keep(opened.certificate), await helper.keep(opened.key)];
  return { ...tls, paths: { certFile: certificate, keyFile: key } };
}

/** Those of all servers that have TLS, by their ids. */
export async function openTls(
  servers: ServersTls,
  helper: ProcessHost,
): Promise<ReadonlyMap<string, ServedTls>> {
  const tls = new Map<string, ServedTls>();
  for (const [id, server] of Object.entries(servers)) tls.set(id, await servedTls(server, helper));
  return tls;
}
