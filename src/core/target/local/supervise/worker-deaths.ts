import type { Problem } from '../../../model';

/** Within this time, milliseconds, so many deaths without having been ready are a failure. */
const windowMs = 60_000;
const most = 3;

/** Workers that ended one after another before any was ready; immutable. */
export interface Deaths {
  readonly at: readonly number[];
  /** What the first of them died of: what follows may be its consequence. */
  readonly first: Problem;
  readonly tooMany: boolean;
}

export function withDeath(before: Deaths | undefined, problem: Problem, now: number): Deaths {
  const recent = (before?.at ?? []).filter((at) => now - at < windowMs);
  const at = [...recent, now];
  const first = before !== undefined && recent.length > 0 ? before.first : problem;
  return { at, first, tooMany: at.length >= most };
}
