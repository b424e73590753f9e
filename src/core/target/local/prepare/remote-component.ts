import { GrpcProbe } from '../../../health/grpc-probe';
import { HttpProbe } from '../../../health/http-probe';
import type { Probe } from '../../../health/probe';
import { noWorkers } from '../workers/workers';
import type { PlannedComponent } from '../../../plan/plan';
import { TlsClient } from '../../../tls/tls-client';
import type { AssembledComponent } from './assembled-component';

const ports: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** One that runs elsewhere: there is nothing to start, and its probes go there. `env`: that of those that call it. */
export function remoteComponent(
  planned: PlannedComponent,
  remote: string,
  env: Readonly<Record<string, string | null | undefined>>,
): AssembledComponent {
  const url = new URL(remote);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? ports[url.protocol] : Number(url.port);
  if (port === undefined) throw new Error(`no port in ${remote}`);
  const address = { kind: 'tcp', host, port } as const;
  const secure = url.protocol === 'https:' || url.protocol === 'grpcs:';
  const tls = secure ? publicClient(host, env) : undefined;
  const isGrpc = planned.listens === 'grpc';
  // Its probes are below it, as is all else.
  const prefix = url.pathname.replace(/\/$/, '');
  const { live, ready } = planned.probes;
  const paths = { live: prefix + live, ready: prefix + ready };
  return {
    planned,
    address,
    ...(planned.kind === 'service' && !isGrpc ? { url: remote.replace(/^tcp:/, 'http:') } : {}),
    workers: noWorkers,
    resources: [],
    renewable: false,
    command: undefined,
    makeProbe: (timeoutMs, load, clock): Probe =>
      isGrpc
        ? new GrpcProbe(address, timeoutMs, load, clock, tls)
        : new HttpProbe(address, paths, clock, tls),
    beforeLaunch: () => Promise.resolve(),
    releasedAtLaunch: [],
  };
}

/** Trusts what everybody trusts and, as Python does, the file that SSL_CERT_FILE names. */
const publicClient = (
  name: string,
  env: Readonly<Record<string, string | null | undefined>>,
): TlsClient =>
  new TlsClient({
    name,
    anchors: [],
    anchorFile: env['SSL_CERT_FILE'] ?? '',
    usePublicCAs: true,
    pair: undefined,
    acceptsOurCertificate: true,
  });
