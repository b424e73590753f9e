import { isAbsolute } from 'node:path';
import { rootCause } from '../core/logs/root-cause';
import { isPlanFailure } from '../core/plan/plan-failure';
import { problemOf } from '../core/problem';

export interface SourceLocation {
  /** Absolute. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Where in the user's code a failure came from, as far as it is known. */
export function failureLocation(error: unknown, workingDir?: string): SourceLocation | undefined {
  if (isPlanFailure(error) && error.location !== undefined) return error.location;
  const { detail } = problemOf(error);
  const cause = detail === undefined ? undefined : rootCause(detail, workingDir);
  // `<frozen importlib>` is no file.
  if (cause?.file === undefined || !isAbsolute(cause.file)) return undefined;
  return { file: cause.file, line: cause.line ?? 1 };
}
