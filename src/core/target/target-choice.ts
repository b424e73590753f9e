import type { ImageChoice } from './containers/container-plan';
import type { ServingTarget } from './target';

/** What the user has chosen for one bento. Absent: what the settings say, or what is asked for when it is needed. */
export interface TargetChoice {
  readonly kind?: ServingTarget;
  /** The image of its containers. */
  readonly image?: ImageChoice;
}
