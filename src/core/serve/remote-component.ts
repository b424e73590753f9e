import { GrpcProbe } from '../health/grpc-probe';
import { HttpProbe } from '../health/http-probe';
import type { Probe } from '../health/probe';
import { noWorkers } from '../launch/workers';
import type { PlannedComponent } from '../plan/plan';
import { TlsClient } from '../tls/tls-client';
import type { AssembledComponent } from './assemble';

const ports: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** One that runs elsewhere: there is nothing to start, and its probes go there. `env`: that of those that call it. */
export function remoteComponent(
  planned: PlannedComponent,
  remote: string,
  env: Readonly<Record<string, string>>,
): AssembledComponent {
  const url = new URL(remote);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? ports[url.protocol] : Number(url.port);
  if (port === undefined) throw new Error(`no port in ${remote}`);
  const address = { kind: 'tcp', host, port } as const;
  const tls = url.protocol === 'https:' ? publicClient(host, env) : undefined;
  // Its probes are below it, as is all else.
  const prefix = url.pathname.replace(/\/$/, '');
  const { live, ready } = planned.probes;
  const paths = { live: prefix + live, ready: prefix + ready };
  return {
    planned,
    address,
    ...(planned.kind === 'service' ? { url: remote.replace(/^tcp:/, 'http:') } : {}),
    workers: noWorkers,
    resources: [],
    renewable: false,
    command: undefined,
    makeProbe: (timeoutMs, load, clock): Probe =>
      planned.listens === 'grpc'
        ? new GrpcProbe(address, timeoutMs, load, clock)
        : new HttpProbe(address, paths, clock, tls),
    beforeLaunch: () => Promise.resolve(),
    releasedAtLaunch: [],
  };
}

/** Trusts what everybody trusts and, as Python does, the file that SSL_CERT_FILE names. */
const publicClient = (name: string, env: Readonly<Record<string, string>>): TlsClient =>
  new TlsClient({
    name,
    anchors: [],
    anchorFile: env['SSL_CERT_FILE'] ?? '',
    wellKnown: true,
    pair: undefined,
    isWelcome: true,
  });
