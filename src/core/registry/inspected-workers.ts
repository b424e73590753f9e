import { problemTexts, say, type Message } from '../messages/message';
import { ServeError } from '../problem';
import type { Inspection } from '../profile/inspection-problem';
import type { RunningWorker } from '../profile/running-worker';
import type { BentoRecord } from './bento-record';

/**
 * The running workers of a component, or of all.
 * @throws ServeError with the code `purpose` why there are none, or why nothing can be asked of them.
 */
export function inspectedWorkers(
  { bento, served }: Pick<BentoRecord, 'bento' | 'served'>,
  component: string | undefined,
  purpose: Inspection,
  platform: NodeJS.Platform,
): readonly RunningWorker[] {
  const refused = (message: Message): ServeError =>
    new ServeError({ code: purpose, ...problemTexts(message) });
  const { name } = bento;
  if (bento.source === 'remote') throw refused(say('elsewhereForInspection', { bento: name }));
  if (served === undefined) throw refused(say('notServedForInspection', { bento: name }));
  if (served.engine !== undefined) throw refused(say('onEngineForInspection', { bento: name }));
  if (platform === 'win32') throw refused(say('notOnWindows', { name }));
  const workers = served.workers(component);
  if (workers.length > 0) return workers;
  const found = served.components.find(({ id }) => id === component);
  const subject = found?.snapshot.name ?? name;
  throw refused(say('notRunningForInspection', { name: subject }));
}
