import type { AskOptions } from '../bento-manager';
import { problemTexts, say } from '../messages/message';
import type { Plan } from '../plan/plan';
import { ServeError } from '../problem';
import type { ServeRequest } from '../target/serve-request';
import type { BentoFactory } from './bento-factory';
import { isWatched } from './bento-record';
import type { ServeSession } from './serve-session';

export type PlanForExport = { readonly plan: Plan } & Pick<
  ServeRequest,
  'settings' | 'fileVariables' | 'interpreter'
>;

/** Returns the plan that is served, or would be. @throws ServeError `not-found` for a bento that is only watched. */
export async function planForExport(
  session: ServeSession,
  factory: BentoFactory,
  options: AskOptions,
): Promise<PlanForExport> {
  const { bento, served } = session.record;
  if (isWatched(bento)) {
    throw new ServeError({
      code: 'not-found',
      ...problemTexts(say('onlyWatched', { bento: bento.name })),
    });
  }
  if (served?.plan !== undefined) {
    const { settings, interpreter, fileVariables = {} } = served.request;
    if (interpreter !== undefined) {
      return { plan: served.plan, settings, interpreter, fileVariables };
    }
  }
  const planned = await factory.plan(session.record, options);
  session.setInterpreter(planned.interpreter);
  return planned;
}
