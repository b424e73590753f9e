import type { DiscoveredBento } from '../discovery/discovered-bento';
import type { Run } from '../programs/run';
import type { ImageChoice } from '../target/containers/container-plan';

/** What bentos on engines need of the window. */
export interface EngineContext {
  /** Runs the programs of engines, on record. */
  readonly run: () => Run;
  /** A private folder for the files that these programs read. */
  readonly folder: string;
  /** Asks for the image of the bento's containers, by any name. Rejects if none is given. */
  readonly askForImage: (bento: DiscoveredBento) => Promise<ImageChoice>;
}
