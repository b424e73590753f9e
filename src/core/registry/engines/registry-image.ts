import type { ImageChoice } from '../../target/containers/container-plan';
import type { BuiltImage } from '../../target/target-choice';
import { pushedImage } from './built-images';
import { hasChanged } from './changed-since';
import type { ImageNeeds } from './image-needs';
import type { EngineParts } from './opened-engine';

/**
 * Asks once for the image, which the cluster must be able to pull. With `serveBento.registry`, it is built and pushed,
 * and the user is asked again after the source, its arguments or the registry have changed.
 */
export async function registryImage(parts: EngineParts, needs: ImageNeeds): Promise<ImageChoice> {
  const { bento } = parts.record;
  const choice = parts.sources.targetChoice(bento);
  const { built, registryImage: known } = choice;
  const { registry } = needs.found.settings;
  const isUsable = choice.asksAgain !== true && !(await isOutdated(built, needs));
  if (known !== undefined && isUsable) return { reference: known, isDevelopment: false };
  const pushed = registry === undefined ? undefined : await pushedImage(parts, needs, registry);
  if (pushed === undefined) parts.onQuestion();
  const reference = pushed?.reference ?? (await parts.context.engines.askForRegistryImage(bento));
  // A push takes minutes, in which the user may have chosen another cluster.
  const { built: _, ...present } = parts.sources.targetChoice(bento);
  parts.sources.chooseTarget(bento, {
    ...{ ...present, registryImage: reference },
    ...(pushed === undefined ? {} : { built: pushed.built }),
  });
  return { reference, isDevelopment: false };
}

/** Whether a pushed image is not the one that would be pushed now. */
async function isOutdated(built: BuiltImage | undefined, needs: ImageNeeds): Promise<boolean> {
  if (built === undefined) return false;
  const { bento, settings } = needs.found;
  if (settings.registry !== built.registry) return settings.registry !== undefined;
  return bento.source !== 'store' && hasChanged(built, needs);
}
