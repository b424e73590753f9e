import { problemTexts, say } from '../../messages/message';
import { ServeError } from '../../problem';
import type { Workload } from '../containers/container-plan';

/**
 * Returns the requested number of containers, as a part of `deploy`.
 * @throws ServeError `settings` if there are several and they would have to share a port of this machine
 */
export function replicasOf({
  replicas,
  published,
  kind,
  component,
}: Pick<Workload, 'replicas' | 'published' | 'kind' | 'component'>): {
  readonly replicas?: number;
} {
  if (replicas === undefined) return {};
  if (published === undefined || replicas === 1) return { replicas };
  const setting = `serveBento.${kind}.replicas`;
  throw new ServeError({
    ...{ code: 'settings', setting, component },
    ...problemTexts(
      say('replicasOfPort', { component, count: replicas, setting }),
      say('replicasOfPortSummary', { component }),
    ),
  });
}
