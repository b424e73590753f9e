import type { DiscoveredBento } from '../discovery/discovered-bento';
import type { RunnerSettings, ServeSettings } from '../settings/serve-settings';

/** The settings that BentoML is asked with; the rest is ours. */
export type PlannedSettings = Pick<ServeSettings, 'http' | 'grpc' | 'runners' | 'args'>;

/** What `plan.py` is asked, as its one argument; nothing secret, since command lines are public. */
export interface PlanRequest {
  readonly bento: string;
  readonly workingDir: string;
  readonly http: Omit<ServeSettings['http'], 'port'>;
  readonly grpc: Omit<ServeSettings['grpc'], 'port' | 'metricsPort'>;
  readonly runners: Readonly<
    Record<string, Pick<RunnerSettings, 'workers' | 'timeout' | 'backlog'>>
  >;
  /** Whether to run what `bentoml serve` runs once before its workers: models, deployment hooks. */
  readonly deployment: boolean;
  /** Of `bentoml.use_arguments()`. */
  readonly args: ServeSettings['args'];
}

export function planRequest(
  settings: PlannedSettings,
  bento: Pick<DiscoveredBento, 'reference' | 'workingDir'>,
  deployment = true,
): PlanRequest {
  const { port: _port, ...http } = settings.http;
  const { port: _grpcPort, metricsPort: _metricsPort, ...grpc } = settings.grpc;
  const runners = Object.entries(settings.runners).map(
    ([name, { host: _own, port: _ownPort, ...rest }]) => [name, rest],
  );
  return {
    bento: bento.reference,
    workingDir: bento.workingDir,
    http,
    grpc,
    runners: Object.fromEntries(runners) as PlanRequest['runners'],
    deployment,
    args: settings.args,
  };
}
