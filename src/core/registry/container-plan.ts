import type { AskOptions } from '../bento-manager';
import type { ContainerPlan, ImageChoice } from '../target/containers/container-plan';
import type { BentoFactory } from './bento-factory';
import { planForExport } from './plan-for-export';
import type { RegistryContext } from './registry-context';
import type { ServeSession } from './serve-session';

/** See `BentoManager.containerPlan`. */
export async function containerPlan(
  session: ServeSession,
  { loadDeployment, processEnv }: Pick<RegistryContext, 'loadDeployment' | 'processEnv'>,
  factory: BentoFactory,
  { image, options }: { readonly image: ImageChoice; readonly options: AskOptions },
): Promise<ContainerPlan> {
  const { bento } = session.record;
  const planned = await planForExport(session, factory, options);
  const { toContainerPlan, developmentSource } = await loadDeployment();
  return toContainerPlan({
    ...planned,
    bento,
    fileVariables: Object.keys(planned.fileVariables),
    source: image.isDevelopment
      ? await developmentSource({ ...planned, image: image.reference, processEnv })
      : { kind: 'image', image: image.reference },
  });
}
