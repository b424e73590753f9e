import type { CaseOptions } from './case-options.mts';

export interface Suite {
  readonly name: string;
  /** A file of `suite/`, without its ending. Several suites may run the same one. */
  readonly file: string;
  readonly options: CaseOptions;
}

/** What runs in the extension host, each in a window of its own. */
export const suites: readonly Suite[] = [
  { name: 'activation', file: 'activation', options: { folder: 'samples/search' } },
];
