import type { AskOptions } from '../bento-manager';
import type { ExportedSet } from '../export/exported-set';
import { ServeError } from '../problem';
import type { BentoFactory } from './bento-factory';
import { isWatched } from './bento-record';
import type { RegistryContext } from './registry-context';
import type { ServeSession } from './serve-session';
import { problemTexts, say } from '../messages/message';

/** See `BentoManager.startCommands`. */
export async function startCommands(
  session: ServeSession,
  { stickyPorts, loadServing }: Pick<RegistryContext, 'stickyPorts' | 'loadServing'>,
  factory: BentoFactory,
  options: AskOptions,
): Promise<ExportedSet> {
  const { bento, served } = session.record;
  if (isWatched(bento)) throw onlyWatched(bento.name);
  const { exportSet } = await loadServing();
  const {
    plan,
    settings,
    fileVariables = {},
  } = served?.plan === undefined
    ? await planned(session, factory, options)
    : { plan: served.plan, ...served.request };
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

async function planned(
  session: ServeSession,
  factory: BentoFactory,
  options: AskOptions,
): ReturnType<BentoFactory['plan']> {
  const found = await factory.plan(session.record, options);
  session.setInterpreter(found.interpreter);
  return found;
}

const onlyWatched = (bento: string): ServeError =>
  new ServeError({
    code: 'not-found',
    ...problemTexts(say('onlyWatched', { bento })),
  });
