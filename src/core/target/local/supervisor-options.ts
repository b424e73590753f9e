import type { ServeSettings } from '../../settings/serve-settings';
import type { SupervisorOptions } from './supervise/supervised-component';
import { backoffPolicy } from './supervise/restart-policy';
import type { ServeContext } from '../serve-request';

/** Of every component of a bento. */
export const supervisorOptions = (
  { health, startTimeout, stopGracePeriod }: ServeSettings,
  { clock, random, isDebugging }: Pick<ServeContext, 'clock' | 'random' | 'isDebugging'>,
): SupervisorOptions => ({
  health: {
    intervalMs: health.interval * 1000,
    timeoutMs: health.timeout * 1000,
    failureThreshold: health.failureThreshold,
  },
  onHang: health.onHang,
  isDebugging,
  startTimeoutMs: startTimeout * 1000,
  watchOnly: false,
  gracePeriodMs: stopGracePeriod * 1000,
  clock,
  freshPolicy: () => backoffPolicy(random),
});
