import type { OutputRequest } from '../../logs/worker-log';

/** Actions on the containers or pods of one bento. Failures are `ServeError`s. */
export interface EngineActions {
  /** Prints the output of a worker. Resolves when there is no more. @throws ServeError `not-found` if it is gone */
  printOutput(worker: string, request: OutputRequest): Promise<void>;
  /** Describes a worker, or a component without one, for people. Values of variables are masked. */
  describe(component: string, worker: string | undefined, signal: AbortSignal): Promise<string>;
  /**
   * Changes the number of workers of a component until the bento is served again. Resolves when all are ready.
   * @throws ServeError `engine-rejected` if something else sets the number
   */
  scale(component: string, count: number, signal: AbortSignal): Promise<void>;
}
