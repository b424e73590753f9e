import type { DiscoveredBento } from '../../discovery/discovered-bento';
import type { Message } from '../../messages/message';
import type { Run } from '../../programs/run';
import type { ImageChoice } from '../../target/containers/container-plan';
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

/** What bentos on engines need from the window. Questions reject if the user cancels them. */
export interface EngineContext {
  /** Runs the programs of engines. */
  readonly run: () => Run;
  /** A private folder for the files that these programs read. */
  readonly folder: string;
  /** Asks for the image of the bento's containers, by any name. */
  readonly askForImage: (bento: DiscoveredBento) => Promise<ImageChoice>;
  /** Asks for an image with its digest, which a cluster can pull. */
  readonly askForRegistryImage: (bento: DiscoveredBento) => Promise<string>;
  /** Asks for a context and a namespace. */
  readonly askForCluster: (
    bento: DiscoveredBento,
    question: ClusterQuestion,
  ) => Promise<ClusterPlace>;
  /** Shows a message that nobody has asked for. */
  readonly tell: (message: Message) => void;
  /** Asks whether the bento may be served in a cluster that is in production. */
  readonly confirmProduction: (bento: DiscoveredBento, place: ClusterPlace) => Promise<void>;
}
