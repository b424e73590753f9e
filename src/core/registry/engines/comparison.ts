import { say } from '../../messages/message';
import type { BentoEngine } from '../../model';
import { notOnEngine } from '../../target/engine/not-on-engine';
import type { Comparison } from '../../target/target';
import { containersOf, secretsOf, withPorts, type EngineServe } from './engine-bentos';
import { openCompose } from './open-compose';
import { chosenCluster } from './open-kubernetes';
import type { ImageChoice } from '../../target/containers/container-plan';
import type { EngineParts } from './opened-engine';

/**
 * Compares a bento that runs on its engine with what a restart would apply. Nothing is changed.
 * @throws ServeError if it does not run there
 */
export async function comparison(
  parts: EngineParts,
  { asked: { signal, onPhase }, found, planOf }: EngineServe,
  { kind }: BentoEngine,
): Promise<Comparison> {
  const open = kind === 'kubernetes' ? chosenCluster : openCompose;
  onPhase(say('lookingForEngine'));
  const opened = await open(parts, signal);
  if (opened === undefined) throw notOnEngine(found.bento.name);
  const image = await imageOf(parts, kind, () => opened.image({ found, onPhase, signal }));
  const plan = await planOf(signal);
  const applicable = { plan, opened, containers: await containersOf(plan, image, found, parts) };
  onPhase(say('comparing'));
  return opened.compare(await withPorts(applicable, found, parts, signal), {
    ...{ signal, secrets: secretsOf(applicable, found, parts) },
  });
}

/** Returns the image of the last serve. A comparison pushes none to a registry: it only asks if none is known. */
async function imageOf(
  { context, sources, record: { bento }, onQuestion }: EngineParts,
  kind: BentoEngine['kind'],
  ask: () => Promise<ImageChoice>,
): Promise<ImageChoice> {
  if (kind === 'compose') return ask();
  const { registryImage } = sources.targetChoice(bento);
  if (registryImage === undefined) onQuestion();
  const reference = registryImage ?? (await context.engines.askForRegistryImage(bento));
  return { reference, isDevelopment: false };
}
