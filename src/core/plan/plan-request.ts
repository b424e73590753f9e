import type { DiscoveredBento } from '../discovery/discovered-bento';
import type { RunnerSettings, ServeSettings, TlsSettings } from '../settings/serve-settings';

/** The settings that BentoML is asked with; the rest is ours. */
export type PlannedSettings = Pick<ServeSettings, 'http' | 'grpc' | 'runners' | 'args'>;

/** What of a bento BentoML is asked with. */
export type PlannedBento = Pick<DiscoveredBento, 'reference' | 'workingDir' | 'buildFile'>;

/** What `plan.py` is asked, as its one argument; nothing secret, since command lines are public. */
export interface PlanRequest {
  readonly bento: string;
  readonly workingDir: string;
  /** See `DiscoveredBento.buildFile`. */
  readonly buildFile?: string;
  readonly http: Omit<ServeSettings['http'], 'port' | 'tls'> & WithTls<ServeSettings['http']>;
  readonly grpc: Omit<ServeSettings['grpc'], 'port' | 'metricsPort' | 'tls'> &
    WithTls<ServeSettings['grpc']>;
  readonly runners: Readonly<
    Record<string, Pick<RunnerSettings, 'remote' | 'workers' | 'timeout' | 'backlog'>>
  >;
  /** Whether to run what `bentoml serve` runs once before its workers: models, deployment hooks. */
  readonly deployment: boolean;
  /** Of `bentoml.use_arguments()`. */
  readonly args: ServeSettings['args'];
}

/** What is asked of BentoML. Where certificate and key are is decided at each serve. */
interface WithTls<Server extends Pick<ServeSettings['grpc'], 'tls'>> {
  readonly tls?: Omit<NonNullable<Server['tls']>, OurOwn>;
}

type OurOwn = 'certFile' | 'keyFile' | 'serverName' | 'clientCertFile' | 'clientKeyFile';

export function planRequest(
  settings: PlannedSettings,
  bento: PlannedBento,
  deployment = true,
): PlanRequest {
  const { port: _port, tls: httpTls, ...http } = settings.http;
  const { port: _grpcPort, metricsPort: _metricsPort, tls: grpcTls, ...grpc } = settings.grpc;
  const runners = Object.entries(settings.runners).map(
    ([name, { host: _own, port: _ownPort, ...rest }]) => [name, rest],
  );
  return {
    bento: bento.reference,
    workingDir: bento.workingDir,
    ...(bento.buildFile === undefined ? {} : { buildFile: bento.buildFile }),
    http: { ...http, ...withTls(httpTls) },
    grpc: { ...grpc, ...withTls(grpcTls) },
    runners: Object.fromEntries(runners) as PlanRequest['runners'],
    deployment,
    args: settings.args,
  };
}

function withTls<Tls extends TlsSettings>(
  settings: Tls | undefined,
): { readonly tls?: Omit<Tls, OurOwn> } {
  if (settings?.certFile === undefined) return {};
  const {
    certFile: _,
    keyFile: __,
    serverName: ___,
    clientCertFile: ____,
    clientKeyFile: _____,
    ...tls
  } = settings;
  return { tls };
}
