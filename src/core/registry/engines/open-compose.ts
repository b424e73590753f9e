import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { DiscoveredBento } from '../../discovery/discovered-bento';
import { findCompose } from '../../target/compose/client/find-compose';
import { localImage, pinImage, type ImageRequest } from '../../target/compose/client/pin-image';
import { projectName } from '../../target/compose/compose-resources';
import { removeProjectFiles } from '../../target/compose/project-files';
import { ComposeTarget } from '../../target/compose/compose-target';
import type { ImageChoice } from '../../target/containers/container-plan';
import { builtImage } from './built-images';
import type { ImageNeeds } from './image-needs';
import { openedEngine, type EngineParts, type OpenedEngine } from './opened-engine';

/** Finds Docker Compose, or another program that runs Compose files. @throws ServeError if there is none */
export async function openCompose(parts: EngineParts, signal: AbortSignal): Promise<OpenedEngine> {
  const { clock, engines, platform, processEnv: env } = parts.context;
  const { folder, id } = parts.record.bento;
  const owner = { bento: id, folder };
  const run = engines.run();
  const cwd = engines.folder;
  await mkdir(cwd, { recursive: true, mode: 0o700 });
  const program = await findCompose({ run, env, platform, cwd, signal });
  const own = path.join(cwd, projectName(owner));
  const target = new ComposeTarget({ run, clock, program, env, owner, folder: own });
  return openedEngine({ kind: 'compose' }, target, {
    image: (needs) => imageOf(parts, needs, { run, program, env, cwd, signal }),
    confirm: () => Promise.resolve(),
    removeFiles: () => removeProjectFiles(own),
  });
}

/** Finds the image of a built bento by its tag. Asks once for any other. */
async function imageOf(
  parts: EngineParts,
  needs: ImageNeeds,
  images: ImageRequest,
): Promise<ImageChoice> {
  const { context, sources, record, onQuestion } = parts;
  const { bento } = record;
  const choice = sources.targetChoice(bento);
  if (choice.image !== undefined && choice.asksAgain !== true) return choice.image;
  const built = imageTag(bento);
  const found = built === undefined ? undefined : await localImage(built, images);
  if (found !== undefined) return { reference: found, isDevelopment: false };
  onQuestion();
  const asked = await context.engines.askForImage(bento);
  const chosen =
    asked === 'build' ? { reference: await builtImage(parts, needs), isDevelopment: false } : asked;
  const image = { ...chosen, reference: await pinImage(chosen.reference, images) };
  sources.chooseTarget(bento, { ...sources.targetChoice(bento), image });
  return image;
}

/** The tag that BentoML's containerize gives the image of a built bento: the one of the bento. */
const imageTag = ({ source, reference }: DiscoveredBento): string | undefined =>
  source === 'store' ? reference : undefined;
