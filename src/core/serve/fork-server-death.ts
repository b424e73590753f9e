import { at, type CauseContext } from '../causes/explanation';
import { lastOutput, refusedStart, suddenEnd } from '../causes/sudden-end';
import type { ForkServerDeath } from '../launch/helper-messages';
import { oneLine } from '../one-line';

/**
 * Explains why the process that workers are forked from died while it imported modules: how, where, its last output,
 * and what to do.
 * @param stderr what it wrote.
 * @param preload the modules of `serveBento.preload`.
 */
export function explainForkServerDeath(
  { importing, ...status }: ForkServerDeath,
  stderr: string,
  preload: readonly string[],
  context: Pick<CauseContext, 'files' | 'env' | 'python'>,
): string {
  const refused = refusedStart(stderr, context);
  if (refused !== undefined) {
    return `${context.python} cannot be started: ${refused.text}. ${refused.advice}.`;
  }
  const { how, place, advice } = suddenEnd(status, stderr, context);
  const isPreloaded = importing !== null && preload.includes(importing);
  const module = importing === null ? '' : ` while it imported ${oneLine(importing)}`;
  const setting = isPreloaded ? ' (named in serveBento.preload)' : '';
  const last = lastOutput(stderr);
  const output = last === undefined ? '' : `; its last output was: ${last}`;
  const remedy = isPreloaded
    ? `Remove ${oneLine(importing)} from serveBento.preload to have workers forked again. Otherwise: ${lowerFirst(advice)}`
    : advice;
  return `the process that workers are forked from ${how}${module}${setting}${at({ ...(place && { place }) })}${output}. ${remedy}.`;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
