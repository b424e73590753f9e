import { at, type CauseContext } from '../../../diagnosis/explanation';
import { lastOutput, refusedStart, suddenEnd } from '../../../diagnosis/sudden-end';
import type { ForkServerDeath } from '../helper/helper-messages';
import { forLog, type LogText } from '../../../log';
import { oneLine } from '../../../one-line';
import { textOf } from '../../../messages/message';

export interface ExplainedDeath extends ForkServerDeath {
  /** Workers could be forked before. */
  readonly wasReady: boolean;
  /** It was ended because it was not ready after so many milliseconds. */
  readonly lateAfterMs?: number;
}

/**
 * Explains to the log why the process that workers are forked from died: how, while it imported what, where, its last output, and
 * what to do.
 * @param stderr what it wrote.
 * @param preload the modules of `serveBento.preload`.
 */
export function explainForkServerDeath(
  { importing, wasReady, lateAfterMs, ...status }: ExplainedDeath,
  stderr: string,
  preload: readonly string[],
  context: Pick<CauseContext, 'files' | 'env' | 'python'>,
): LogText {
  const refused = refusedStart(stderr, context);
  if (refused !== undefined) {
    return forLog(
      `${context.python} cannot be started: ${textOf(refused.text)}. ${textOf(refused.advice)}.`,
    );
  }
  const end = suddenEnd(status, stderr, context);
  const isLate = lateAfterMs !== undefined;
  const how = isLate
    ? forLog(`was not ready after ${Math.round(lateAfterMs / 1000)} s and was ended`)
    : forLog(textOf(end.how));
  const again = textOf(end.advice);
  const advice = isLate
    ? forLog('Find what it waits for, or raise serveBento.startTimeout')
    : wasReady
      ? forLog(
          `Stop the bento and serve it again to have workers forked again. If it happens again: ${lowerFirst(again)}`,
        )
      : forLog(again);
  const module = importing === null ? undefined : oneLine(importing);
  const isPreloaded = importing !== null && preload.includes(importing);
  const last = lastOutput(stderr);
  return forLog(
    [
      `the process that workers are forked from ${how.inLog}`,
      module === undefined ? '' : ` while it imported ${module}`,
      isPreloaded ? ' (named in serveBento.preload)' : '',
      isLate ? '' : at({ ...(end.place && { place: end.place }) }),
      last === undefined ? '' : `; its last output was: ${last}`,
      isPreloaded
        ? `. Remove ${module} from serveBento.preload to have workers forked again. Otherwise: ${lowerFirst(advice.inLog)}.`
        : `. ${advice.inLog}.`,
    ].join(''),
  );
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
