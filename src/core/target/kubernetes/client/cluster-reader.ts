import type { QueryOptions, StreamOptions } from './kubectl';

/** Sends GET requests to the API of a cluster. Paths are those of `ResourcePaths`. */
export interface ClusterReader {
  /** Whether a request costs so little that it can be sent every second. */
  readonly isCheap: boolean;
  /** Returns the answer. @throws ServeError */
  get(path: string, options: QueryOptions): Promise<string>;
  /** Follows an answer until it ends. @throws ServeError */
  follow(path: string, options: StreamOptions): Promise<void>;
}
