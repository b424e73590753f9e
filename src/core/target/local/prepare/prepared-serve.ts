import { importedFrom } from '../../../plan/import-root';
import type { Plan } from '../../../plan/plan';
import { cancelled } from '../../../problem';
import { forkServerRequest } from '../fork-server/fork-server-request';
import { Preparation, type PreparationParts } from './preparation';
import { serveParts, type ServeParts } from '../serve-parts';
import type { ServeContext, ServeRequest } from '../../serve-request';
import type { BaseRequest, ServeRuntime } from '../serve-runtime';
import type { HelperPool } from '../fork-server/helper-pool';

/** A serve whose helper runs and whose plan is known. Nothing of the bento runs, and no port is held. */
export interface PreparedServe {
  readonly base: ServeRuntime;
  readonly preparation: Preparation;
  readonly plan: Plan;
}

/** @throws ServeError why there is no plan. The helper stays with the caller. */
export async function prepare(
  parts: PreparationParts,
  cancel: AbortSignal,
): Promise<PreparedServe> {
  const preparation = new Preparation(parts);
  return { base: parts.base, preparation, plan: await preparation.plan(cancel) };
}

/** The helper that a request is served with. */
export function baseRequest({ context, request, launcher }: ServeParts): BaseRequest {
  const { bento, settings, interpreter, env } = request;
  const own = { bento, settings, interpreter, platform: context.platform, launcher };
  return {
    folder: bento.folder,
    python: interpreter.path,
    env,
    forkServer: forkServerRequest(own),
    forkServerLimitMs: settings.startTimeout * 1000,
  };
}

/** What a request would run; nothing of it is. @throws ServeError why that is not known. */
export async function planOnly(
  context: ServeContext,
  helpers: Pick<HelperPool, 'acquire' | 'release'>,
  request: ServeRequest,
  cancel: AbortSignal,
  plan = (preparation: Preparation) => preparation.plan(cancel),
): Promise<Plan> {
  const parts = serveParts(context, request);
  try {
    const base = await helpers.acquire(baseRequest(parts), cancel);
    try {
      cancel.throwIfAborted();
      return await plan(new Preparation({ ...parts, base, tls: new Map() }));
    } finally {
      await helpers.release(base);
    }
  } catch (error) {
    throw cancel.aborted ? cancelled() : error;
  }
}

/**
 * Returns what a request would run with the present code.
 * @param before the plan that is served, if it is known
 * @throws ServeError why the code cannot be served
 */
export function replan(
  context: ServeContext,
  helpers: Pick<HelperPool, 'acquire' | 'release'>,
  request: ServeRequest,
  before: Plan | undefined,
  cancel: AbortSignal,
): Promise<Plan> {
  const { bento: found } = request;
  const bento = (before && importedFrom(found, before.workingDir)) ?? found;
  return planOnly(context, helpers, { ...request, bento }, cancel, (preparation) =>
    preparation.replan(before, cancel),
  );
}
