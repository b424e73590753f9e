import type { DiscoveredBento } from '../discovery/discovered-bento';
import { plannedValues, type PlannedSettings, type PlannedValues } from './planned-settings';

/** The part of a bento that BentoML needs to plan. */
export type PlannedBento = Pick<DiscoveredBento, 'reference' | 'workingDir' | 'buildFile'>;

/** The only argument of `plan.py`; without secrets, because every user of the machine can read command lines. */
export interface PlanRequest extends Omit<PlannedValues, 'http' | 'grpc'> {
  readonly bento: string;
  readonly workingDir: string;
  /** See `DiscoveredBento.buildFile`. */
  readonly buildFile?: string;
  readonly http: WithOptionalTls<PlannedValues['http']>;
  readonly grpc: WithOptionalTls<PlannedValues['grpc']>;
  /** Whether to run what `bentoml serve` runs once before its workers: models, deployment hooks. */
  readonly deployment: boolean;
}

/** Without `tls`, the server does not use TLS. The files of certificate and key are chosen at each serve. */
type WithOptionalTls<Server extends { readonly tls: object }> = Omit<Server, 'tls'> &
  Partial<Pick<Server, 'tls'>>;

export function planRequest(
  settings: PlannedSettings,
  { reference, workingDir, buildFile }: PlannedBento,
  deployment = true,
): PlanRequest {
  const { http, grpc, ...values } = plannedValues(settings);
  return {
    bento: reference,
    workingDir,
    ...(buildFile === undefined ? {} : { buildFile }),
    ...values,
    http: withoutUnusedTls(http, settings.http),
    grpc: withoutUnusedTls(grpc, settings.grpc),
    deployment,
  };
}

function withoutUnusedTls<Server extends { readonly tls: object }>(
  { tls, ...server }: Server,
  settings: { readonly tls: { readonly certFile?: string } },
): WithOptionalTls<Server> {
  return { ...server, ...(settings.tls.certFile === undefined ? {} : { tls }) };
}
