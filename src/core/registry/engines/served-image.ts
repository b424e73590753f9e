import type { ImageChoice } from '../../target/containers/container-plan';
import type { EngineServe } from './engine-serve';
import type { EngineParts, OpenedEngine } from './opened-engine';

/** Returns the image of the last serve. If it is unknown, it is asked for. Nothing is pushed to a registry. */
export async function servedImage(
  { context, sources, record: { bento }, onQuestion }: EngineParts,
  { engine, image }: OpenedEngine,
  { asked, found }: EngineServe,
): Promise<ImageChoice> {
  if (engine.kind === 'compose') return image({ ...asked, found });
  const { registryImage } = sources.targetChoice(bento);
  if (registryImage === undefined) onQuestion();
  const reference = registryImage ?? (await context.engines.askForRegistryImage(bento));
  return { reference, isDevelopment: false };
}
