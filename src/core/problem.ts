import type { Problem, ProblemCode } from './model';

/** A failure people can act on. Everything in the core that fails on purpose throws this. */
export class ServeError extends Error {
  override readonly name = 'ServeError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options);
    this.problem = problem;
  }

  get code(): ProblemCode {
    return this.problem.code;
  }
}

/** By what it is: the bundles have a copy of the class each. */
export function isServeError(thrown: unknown): thrown is ServeError {
  return thrown instanceof Error && thrown.name === 'ServeError' && 'problem' in thrown;
}

export const cancelled = (): ServeError =>
  new ServeError({ code: 'cancelled', message: 'Serving was cancelled.' });

/** The problem behind any thrown value; what is not ours becomes `fallback`, never a stack trace. */
export function problemOf(thrown: unknown, fallback: ProblemCode = 'crashed'): Problem {
  if (isServeError(thrown)) return thrown.problem;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return {
    code: fallback,
    message: `Something unexpected happened: ${error.message.split('\n', 1)[0] ?? ''}. See the log for the details.`,
    detail: error.stack ?? error.message,
  };
}
