import type { Problem } from '../../core/model';
import { oneLine } from '../../core/one-line';
import type { Localize } from '../localize';
import { summaryOf } from '../problems/problem-text';

/** In UTF-16 units, without the "…". */
const longest = 99;

/** What of a problem fits into a row. */
export const shortReason = (problem: Problem | undefined, l10n: Localize): string | undefined =>
  problem && oneLine(summaryOf(problem, l10n), longest).replace(/[.。]$/, '');
