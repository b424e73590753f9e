import type { Problem, ProblemAction } from '../../core/model';

/** What people can do right from a message: something about the problem, or read more. */
export type ActionName = ProblemAction | 'showLog' | 'showTerminal';

/** A notification about a bento that nobody waits for at that moment. */
export interface Notice {
  readonly severity: 'warning' | 'error';
  readonly message: string;
  readonly problem: Problem;
  readonly bento: string;
  readonly actions: readonly ActionName[];
}
