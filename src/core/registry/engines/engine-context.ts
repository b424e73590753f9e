import type { DiscoveredBento } from '../../discovery/discovered-bento';
import type { Message } from '../../messages/message';
import type { Run } from '../../programs/run';
import type { ImageChoice } from '../../target/containers/container-plan';
import type { BuiltImage } from '../../target/target-choice';
import type { LaunchContext } from '../launch-context';
import type { ClusterPlace } from '../../target/kubernetes/client/kubectl-program';

/** The contexts and namespaces to choose from. */
export interface ClusterQuestion {
  /** The names of the user's contexts. */
  readonly contexts: readonly string[];
  /** Returns the namespace that a context names, and those of its cluster if the user may list them. */
  readonly namespaces: (context: string) => Promise<{
    readonly usual: string;
    readonly all: readonly string[] | undefined;
  }>;
}

/** The choices that a user has for the image of a bento in a registry. */
export interface PushQuestion {
  readonly registry: string;
  /** The tag of a built bento. Absent for source. */
  readonly tag: string | undefined;
  /** Whether this machine has the image of that built bento. */
  readonly isContainerized: boolean;
  /** The last build of source, if this machine still has its image. */
  readonly last: BuiltImage | undefined;
  /** Whether the source or its arguments have changed since. */
  readonly hasChanged: boolean;
}

/** `push`: push the bento that is already built; `build`: build the source first; `other`: the user enters an image. */
export type PushAnswer = 'build' | 'push' | 'other';

/** What bentos on engines need from the window. Questions reject if the user cancels them. */
export interface EngineContext {
  /** Runs the programs of engines. */
  readonly run: () => Run;
  /** A private folder for the files that these programs read. */
  readonly folder: string;
  /** Asks for the image of the bento's containers: the user enters any name, or has the image built. */
  readonly askForImage: (bento: DiscoveredBento) => Promise<ImageChoice | 'build'>;
  /** Asks for an image with its digest, which a cluster can pull. */
  readonly askForRegistryImage: (bento: DiscoveredBento) => Promise<string>;
  /** Asks which image is pushed, or whether another one is used. */
  readonly askForPush: (bento: DiscoveredBento, question: PushQuestion) => Promise<PushAnswer>;
  /** Runs `bentoml build` in a terminal. Returns the tag of the bento. */
  readonly build: (found: LaunchContext, signal: AbortSignal) => Promise<string>;
  /** Runs `bentoml containerize` in a terminal. */
  readonly containerize: (found: LaunchContext, tag: string, signal: AbortSignal) => Promise<void>;
  /** Asks for a context and a namespace. */
  readonly askForCluster: (
    bento: DiscoveredBento,
    question: ClusterQuestion,
  ) => Promise<ClusterPlace>;
  /** Shows a message that no request of the user waits for. */
  readonly tell: (message: Message) => void;
  /** Asks whether the bento may be served in a cluster that is in production. */
  readonly confirmProduction: (bento: DiscoveredBento, place: ClusterPlace) => Promise<void>;
}
