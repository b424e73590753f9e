import type { Problem, ProblemCode } from './model';
import { oneLine } from './one-line';
import { systemMessage } from './system-error';

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

export const cancelled = (): ServeError =>
  new ServeError({ code: 'cancelled', message: 'Serving was cancelled.' });

/** The problem behind any thrown value; what is not ours becomes `fallback`, never a stack trace. */
export function problemOf(thrown: unknown, fallback: ProblemCode = 'crashed'): Problem {
  if (thrown instanceof ServeError) return thrown.problem;
  const error = thrown instanceof Error ? thrown : new Error(textOf(thrown));
  const said = oneLine(textOf(error.message).split('\n', 1)[0] ?? '');
  const condition = systemMessage(error);
  return {
    code: fallback,
    ...(condition ?? {
      message: `Something unexpected happened: ${said}. See the log for the details.`,
      summary: `Something unexpected happened: ${said}`,
    }),
    detail: textOf(error.stack ?? error.message),
  };
}

/** Not everything that can be thrown can be made a text. */
function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}
