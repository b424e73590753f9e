import type { CallerOptions, LaunchContext } from '../launch-context';

/** Everything that is needed to choose or build an image. */
export interface ImageNeeds extends Pick<CallerOptions, 'onPhase' | 'signal'> {
  readonly found: LaunchContext;
}
