import type { ImageChoice } from './containers/container-plan';
import type { ClusterPlace } from './kubernetes/client/kubectl-program';
import type { TargetKind } from '../target-kinds';

/** A built bento whose image was pushed. */
export interface BuiltImage {
  /** The tag of the bento. */
  readonly tag: string;
  /** When the build began, in milliseconds since the epoch. 0 for a bento that this window did not build. */
  readonly at: number;
  readonly registry: string;
  /** The arguments that the source was built with, as JSON. Absent for a bento that was built already. */
  readonly args?: string;
}

/** The user's choices for one bento. What is absent comes from the settings, or is asked for when it is needed. */
export interface TargetChoice {
  readonly kind?: TargetKind;
  /** Whether the user has chosen the kind again and is asked about the rest again. Not stored until those questions are answered. */
  readonly asksAgain?: boolean;
  /** The image of its containers on this machine. */
  readonly image?: ImageChoice;
  /** The image of its pods, with its digest. */
  readonly registryImage?: string;
  /** The built bento that `registryImage` was pushed from. Absent if the user has entered the image. */
  readonly built?: BuiltImage;
  /** Its cluster. Never chosen by settings. */
  readonly cluster?: ClusterPlace;
}
