import { messageIn, problemTexts, say } from '../../messages/message';
import type { Problem } from '../../model';
import type { AppliedState } from '../target';

/** Says since when the engine does not answer. */
export function unknownProblem({ since, problem }: NonNullable<AppliedState['unknown']>): Problem {
  const time = new Date(since).toTimeString().slice(0, 5);
  const reason = problem.texts?.summary ?? problem.summary ?? problem.message;
  return {
    ...problem,
    ...problemTexts(
      say('engineStateUnknown', { time, problem: messageIn(problem) }),
      say('engineStateUnknownSummary', { time, reason }),
    ),
  };
}
