import { say } from '../../messages/message';
import type { BentoEngine } from '../../model';
import { notOnEngine } from '../../target/engine/not-on-engine';
import type { Comparison } from '../../target/target';
import { containersOf, secretsOf, withPorts } from './engine-bentos';
import type { EngineServe } from './engine-serve';
import { openCompose } from './open-compose';
import { chosenCluster } from './open-kubernetes';
import type { EngineParts } from './opened-engine';
import { servedImage } from './served-image';

/**
 * Compares a bento that runs on its engine with what a restart would apply. Nothing is changed.
 * @throws ServeError if it does not run there
 */
export async function comparison(
  parts: EngineParts,
  serve: EngineServe,
  { kind }: BentoEngine,
): Promise<Comparison> {
  const { asked, found, planOf } = serve;
  const { signal, onPhase } = asked;
  const open = kind === 'kubernetes' ? chosenCluster : openCompose;
  onPhase(say('lookingForEngine'));
  const opened = await open(parts, signal);
  if (opened === undefined) throw notOnEngine(found.bento.name);
  const image = await servedImage(parts, opened, serve);
  const plan = await planOf(signal);
  const applicable = { plan, opened, containers: await containersOf(plan, image, found, parts) };
  onPhase(say('comparing'));
  return opened.compare(await withPorts(applicable, found, parts, signal), {
    ...{ signal, secrets: secretsOf(applicable, found, parts) },
  });
}
