import { mkdir } from 'node:fs/promises';
import { problemTexts, say } from '../../messages/message';
import { problemOf, ServeError } from '../../problem';
import type { BuiltImage } from '../../target/target-choice';
import { findImage, type LocalImage, type ToolSearch } from '../../target/images/image-tool';
import { pushImage } from '../../target/images/push-image';
import { registryName } from '../../target/images/registry-names';
import { buildArgs, hasChanged } from './changed-since';
import type { ImageNeeds } from './image-needs';
import type { EngineParts } from './opened-engine';

/** An image in a registry that the containers of a bento run. */
export interface PushedImage {
  readonly reference: string;
  readonly built: BuiltImage;
}

/** Returns the tag of a built bento. Undefined for source, and for a tag that may point to another bento later. */
export const builtTag = ({ found }: Pick<ImageNeeds, 'found'>): string | undefined => {
  const { source, reference } = found.bento;
  return source === 'store' && registryName('localhost', reference) ? reference : undefined;
};

/**
 * Asks whether the image of a bento is built and pushed, and does it. The user is asked before anything is sent to a
 * registry: a workspace can name one in its settings.
 * @returns undefined if the user chooses to name another image
 * @throws ServeError why there is no image, or `cancelled`
 */
export async function pushedImage(
  parts: EngineParts,
  needs: ImageNeeds,
  registry: string,
): Promise<PushedImage | undefined> {
  const { context, sources, record, onQuestion } = parts;
  const search = await toolSearch(parts, needs.signal);
  const { built: before } = sources.targetChoice(record.bento);
  const tag = builtTag(needs);
  const last = tag === undefined ? await usableBuild(before, search) : undefined;
  onQuestion();
  const answer = await context.engines.askForPush(record.bento, {
    ...{ registry, tag, last },
    isContainerized: tag !== undefined && (await isOnThisMachine(tag, search)),
    hasChanged: last !== undefined && (await hasChanged(last, needs)),
  });
  if (answer === 'other') return undefined;
  const isBuiltAgain = answer === 'build' && tag === undefined;
  const at = isBuiltAgain ? context.clock.date() : (last?.at ?? 0);
  const ready = isBuiltAgain ? await buildBento(parts, needs) : (tag ?? last?.tag ?? '');
  const image = await containerized(parts, needs, ready);
  const reference = await push(ready, { image, registry, search }, needs);
  const args = isBuiltAgain ? buildArgs(needs) : last?.args;
  return {
    reference,
    built: { tag: ready, at, registry, ...(args === undefined ? {} : { args }) },
  };
}

/** Builds a source project, and creates the image of the bento. Returns its tag. @throws ServeError */
export async function builtImage(parts: EngineParts, needs: ImageNeeds): Promise<string> {
  const tag = builtTag(needs) ?? (await buildBento(parts, needs));
  await containerized(parts, needs, tag);
  return tag;
}

async function buildBento({ context }: EngineParts, needs: ImageNeeds): Promise<string> {
  needs.onPhase(say('buildingBento'));
  return context.engines.build(needs.found, needs.signal);
}

/** Returns the image of a built bento. Creates it if this machine does not have it. @throws ServeError */
async function containerized(
  parts: EngineParts,
  { onPhase, found, signal }: ImageNeeds,
  tag: string,
): Promise<LocalImage> {
  const search = await toolSearch(parts, signal);
  onPhase(say('checkingImage', { tag }));
  const present = await findImage(tag, search);
  if (present !== undefined) return present;
  onPhase(say('containerizing', { tag }));
  await parts.context.engines.containerize(found, tag, signal);
  const image = await findImage(tag, search);
  if (image !== undefined) return image;
  throw new ServeError({
    code: 'image-missing',
    ...problemTexts(say('imageMissing', { tag }), say('imageMissingSummary', { tag })),
  });
}

interface Push {
  readonly image: LocalImage;
  readonly registry: string;
  readonly search: ToolSearch;
}

function push(tag: string, { image, registry, search }: Push, { onPhase }: ImageNeeds) {
  const name = registryName(registry, tag)?.image ?? tag;
  onPhase(say('pushingImage', { image: name }));
  const onProgress = (layers: { readonly done: number; readonly all: number }): void =>
    onPhase(say('pushingLayers', { image: name, ...layers }));
  return pushImage({ tag, image, registry, onProgress }, search);
}

async function toolSearch({ context }: EngineParts, signal: AbortSignal): Promise<ToolSearch> {
  const { engines, platform, processEnv: env } = context;
  const cwd = engines.folder;
  await mkdir(cwd, { recursive: true, mode: 0o700 });
  return { run: engines.run(), env, platform, cwd, signal };
}

/** Returns the last build if its image is still on this machine. */
async function usableBuild(
  built: BuiltImage | undefined,
  search: ToolSearch,
): Promise<BuiltImage | undefined> {
  return built !== undefined && (await isOnThisMachine(built.tag, search)) ? built : undefined;
}

/** Whether a program has the image. Without a program the user can still enter another image. @throws ServeError `cancelled` */
async function isOnThisMachine(tag: string, search: ToolSearch): Promise<boolean> {
  try {
    return (await findImage(tag, search)) !== undefined;
  } catch (error) {
    if (problemOf(error).code === 'cancelled') throw error;
    return false;
  }
}
