import type { Argument } from '../messages/message';
import type { ComponentState } from '../model';

/** The state that the row of a component, container or pod shows. */
export interface WorkloadState {
  readonly state: ComponentState;
  /** The reason why it is not ready. */
  readonly reason?: Argument;
}

/** States, worst first. */
const severity: readonly ComponentState[] = [
  'failed',
  'backingOff',
  'unhealthy',
  'starting',
  'stopping',
  'stopped',
  'ready',
];

/** Returns the worst of the states. A component without containers or pods is stopped. */
export function worstState(states: readonly WorkloadState[]): WorkloadState {
  for (const state of severity) {
    const found = states.find((one) => one.state === state);
    if (found !== undefined) return found;
  }
  return { state: 'stopped' };
}
