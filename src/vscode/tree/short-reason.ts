import { oneLine } from '../../core/one-line';
import type { Problem } from '../../core/model';

/** In UTF-16 units, without the "…". */
const longest = 99;

/** What of a problem fits into a row. */
export const shortReason = (problem: Problem | undefined): string | undefined =>
  problem && oneLine(problem.summary ?? problem.message, longest).replace(/\.$/, '');
