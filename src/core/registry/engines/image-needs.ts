import type { Asked, LaunchContext } from '../launch-context';

/** What an image is made with. */
export interface ImageNeeds extends Pick<Asked, 'onPhase' | 'signal'> {
  readonly found: LaunchContext;
}
