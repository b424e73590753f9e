import type { AskOptions } from '../bento-manager';
import type { ExportedSet } from '../export/exported-set';
import type { BentoFactory } from './bento-factory';
import { planForExport } from './plan-for-export';
import type { RegistryContext } from './registry-context';
import type { ServeSession } from './serve-session';

/** See `BentoManager.startCommands`. */
export async function startCommands(
  session: ServeSession,
  { stickyPorts, loadDeployment }: Pick<RegistryContext, 'stickyPorts' | 'loadDeployment'>,
  factory: BentoFactory,
  options: AskOptions,
): Promise<ExportedSet> {
  const { bento } = session.record;
  const { plan, settings, fileVariables } = await planForExport(session, factory, options);
  const { exportSet } = await loadDeployment();
  const ports = plan.components.flatMap((planned): (readonly [string, number])[] => {
    const port = stickyPorts.get(bento.id, planned.id);
    return port === undefined ? [] : [[planned.id, port]];
  });
  return exportSet({
    ...{ plan, bento, settings },
    fileVariables: Object.keys(fileVariables),
    ports: new Map(ports),
  });
}
