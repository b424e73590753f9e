export interface GetOptions {
  readonly signal?: AbortSignal | undefined;
  /** The longest time that one request may take. Default: 20 seconds. */
  readonly requestSeconds?: number;
  readonly timeoutMs?: number;
}

export interface StreamOptions {
  readonly signal: AbortSignal;
  readonly onOutput: (text: string, stream: 'stdout' | 'stderr') => void;
}

/** Sends GET requests to the API of a cluster. Paths are those of `ResourcePaths`. */
export interface ClusterReader {
  /** Whether a request costs so little that it can be sent every second. */
  readonly isCheap: boolean;
  /** Changes when the kubeconfig changes. Versions of objects that were read before may then be from another cluster. */
  readonly configuration: number;
  /** Returns the answer. @throws ServeError */
  get(path: string, options: GetOptions): Promise<string>;
  /** Follows an answer until it ends. @throws ServeError */
  follow(path: string, options: StreamOptions): Promise<void>;
}
