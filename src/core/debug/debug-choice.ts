/** What is debugged from the start. */
export interface DebugChoice {
  /** The ids of components. Default: all that can be debugged. */
  readonly components?: readonly string[];
  /** The folder that the package debugpy is in. */
  readonly debugpy: string;
  /** Debug the processes that workers start, too. */
  readonly subProcess: boolean;
  /** Of each debugged component. Default: `one`, so that one request after the other stops in the same process. */
  readonly workers?: 'one' | 'all';
}
