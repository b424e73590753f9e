import type { Problem } from '../../../model';
import type { LifecycleEvent } from './component-lifecycle';
import type { SupervisorOptions } from './supervised-component';

export interface HangPolicy extends Pick<SupervisorOptions, 'onHang' | 'watchOnly'> {
  /** It runs elsewhere, and cannot be restarted here. */
  readonly remote: boolean;
}

/** What a verdict about the health of a component means for its lifecycle. */
export function healthEvent(
  problem: Problem | undefined,
  { onHang, watchOnly, remote }: HangPolicy,
): Extract<LifecycleEvent, { type: 'healthy' | 'unhealthy' | 'hung' }> {
  if (problem === undefined) return { type: 'healthy' };
  return problem.code === 'unresponsive' && onHang === 'restart' && !remote
    ? { type: 'hung', problem }
    : { type: 'unhealthy', problem, atOnce: watchOnly };
}
