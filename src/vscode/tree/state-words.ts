import type { BentoState, ComponentState } from '../../core/model';
import type { Localize } from '../localize';

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
