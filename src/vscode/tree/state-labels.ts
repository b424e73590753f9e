import type { Bento, BentoState, Component, ComponentState } from '../../core/model';
import type { Localize } from '../localize';

export const bentoStateWord = (
  { state, source }: Pick<Bento, 'state' | 'source'>,
  l10n: Localize,
): string => (source === 'remote' ? watchedWord(state, l10n) : stateWord(state, l10n));

export const componentStateWord = (
  { state, remote = false }: Pick<Component, 'state' | 'remote'>,
  l10n: Localize,
): string => (remote ? watchedWord(state, l10n) : stateWord(state, l10n));

/** Whether something runs elsewhere is not known while nobody asks. */
const watchedWord = (state: BentoState | ComponentState, l10n: Localize): string =>
  state === 'stopped' ? l10n.t('not watched') : stateWord(state, l10n);

export function stateWord(state: BentoState | ComponentState, l10n: Localize): string {
  switch (state) {
    case 'stopped':
      return l10n.t('stopped');
    case 'starting':
      return l10n.t('starting');
    case 'ready':
      return l10n.t('ready');
    case 'unhealthy':
      return l10n.t('unhealthy');
    case 'degraded':
      return l10n.t('degraded');
    case 'backingOff':
      return l10n.t('restarting soon');
    case 'stopping':
      return l10n.t('stopping');
    case 'failed':
      return l10n.t('failed');
  }
}
