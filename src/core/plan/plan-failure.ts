import type { Problem } from '../model';
import { isServeError, ServeError } from '../problem';

/** A problem the planner found, with the place in the user's code it came from. */
export class PlanFailure extends ServeError {
  /** The user's own file, absolute, and the line, from 1. */
  readonly location: { readonly file: string; readonly line: number } | undefined;
  /** The name of the Python exception. */
  readonly exception: string | undefined;

  constructor(
    problem: Problem,
    location?: { readonly file: string; readonly line: number },
    exception?: string,
  ) {
    super(problem);
    this.location = location;
    this.exception = exception;
  }
}

export const isPlanFailure = (thrown: unknown): thrown is PlanFailure =>
  isServeError(thrown) && 'location' in thrown && 'exception' in thrown;
