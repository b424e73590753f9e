import type { StopTimes } from '../../core/bento-manager';
import type { Bento } from '../../core/model';
import type { Localize } from '../localize';
import { duration } from './duration';
import { translated } from '../problems/problem-text';
import { bentoStateWord } from './state-labels';
import type { MessageKey } from '../../core/messages/message';

/** Shorter waits need no explanation. */
const longWaitMs = 30_000;

/** How long something has taken, once that is long. */
export const elapsed = (since: number, now: number, l10n: Localize): string | undefined =>
  now - since < longWaitMs ? undefined : duration(now - since, l10n);

/** Most stops are over before this says anything. */
const shortStopMs = 2000;

/** When a stop that takes long is ended by force. */
export function countdown(
  stop: StopTimes | undefined,
  now: number,
  l10n: Localize,
): string | undefined {
  if (stop === undefined || now - stop.since < shortStopMs) return undefined;
  const seconds = Math.ceil((stop.forceAt - now) / 1000);
  return seconds > 0 ? l10n.t('killed in {0} s', seconds) : l10n.t('being killed');
}

/** What says that something starts. */
const starting: readonly MessageKey[] = ['startingComponent', 'startingRest'];

/** The state, and of a start or restart in progress what is being done for it and for how long. */
export function stateAndProgress(
  bento: Pick<Bento, 'state' | 'source' | 'progress'>,
  now: number,
  l10n: Localize,
): readonly (string | undefined)[] {
  const { state, progress } = bento;
  const word = bentoStateWord(bento, l10n);
  if (progress === undefined || state === 'stopping') return [word];
  const { phase, since } = progress;
  // "starting 2 of 3" says the state itself.
  const saysState = state === 'starting' && starting.includes(phase.key);
  const doing = translated(phase, l10n);
  return [saysState ? undefined : word, doing, elapsed(since, now, l10n)];
}
