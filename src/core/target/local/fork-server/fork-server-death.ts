import { at, type CauseContext } from '../../../diagnosis/explanation';
import { lastOutput, refusedStart, suddenEnd } from '../../../diagnosis/sudden-end';
import type { ForkServerDeath } from '../helper/helper-messages';
import { oneLine } from '../../../one-line';
import { textOf } from '../../../messages/message';

export interface ExplainedDeath extends ForkServerDeath {
  /** Workers could be forked before. */
  readonly wasReady: boolean;
  /** It was ended because it was not ready after so many milliseconds. */
  readonly lateAfterMs?: number;
}

/**
 * Explains why the process that workers are forked from died: how, while it imported what, where, its last output, and
 * what to do.
 * @param stderr what it wrote.
 * @param preload the modules of `serveBento.preload`.
 */
export function explainForkServerDeath(
  { importing, wasReady, lateAfterMs, ...status }: ExplainedDeath,
  stderr: string,
  preload: readonly string[],
  context: Pick<CauseContext, 'files' | 'env' | 'python'>,
): string {
  const refused = refusedStart(stderr, context);
  if (refused !== undefined) {
    return `${context.python} cannot be started: ${textOf(refused.text)}. ${textOf(refused.advice)}.`;
  }
  const end = suddenEnd(status, stderr, context);
  const isLate = lateAfterMs !== undefined;
  const how = isLate
    ? `was not ready after ${Math.round(lateAfterMs / 1000)} s and was ended`
    : textOf(end.how);
  const advice = isLate
    ? 'Find what it waits for, or raise serveBento.startTimeout'
    : wasReady
      ? `Stop the bento and serve it again to have workers forked again. If it happens again: ${lowerFirst(textOf(end.advice))}`
      : textOf(end.advice);
  const isPreloaded = importing !== null && preload.includes(importing);
  const module = importing === null ? '' : ` while it imported ${oneLine(importing)}`;
  const setting = isPreloaded ? ' (named in serveBento.preload)' : '';
  const last = lastOutput(stderr);
  const output = last === undefined ? '' : `; its last output was: ${last}`;
  const remedy = isPreloaded
    ? `Remove ${oneLine(importing)} from serveBento.preload to have workers forked again. Otherwise: ${lowerFirst(advice)}`
    : advice;
  const where = isLate ? '' : at({ ...(end.place && { place: end.place }) });
  return `the process that workers are forked from ${how}${module}${setting}${where}${output}. ${remedy}.`;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
