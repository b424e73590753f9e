/** What is debugged from the start. */
export interface DebugChoice {
  /** The ids of components. Default: all that run here. */
  readonly components?: readonly string[];
  /** The folder that the package debugpy is in. */
  readonly debugpy: string;
  /** Debug the processes that workers start, too. */
  readonly subProcess: boolean;
}
