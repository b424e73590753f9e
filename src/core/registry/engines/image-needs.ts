import type { Asked, LaunchContext } from '../launch-context';

/** Everything that is needed to choose or build an image. */
export interface ImageNeeds extends Pick<Asked, 'onPhase' | 'signal'> {
  readonly found: LaunchContext;
}
