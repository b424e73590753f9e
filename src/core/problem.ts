import type { Problem, ProblemCode } from './model';
import { oneLine } from './one-line';
import { systemMessage } from './system-error';
import { problemTexts, say, textOf as textIn, type Message } from './messages/message';

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
  new ServeError({ code: 'cancelled', ...problemTexts(say('cancelled')) });

/** The problem behind any thrown value; what is not ours becomes `fallback`, never a stack trace. */
export function problemOf(thrown: unknown, fallback: ProblemCode = 'crashed'): Problem {
  if (thrown instanceof ServeError) return thrown.problem;
  const error = thrown instanceof Error ? thrown : new Error(textOf(thrown));
  const said = oneLine(textOf(error.message).split('\n', 1)[0] ?? '');
  const condition = systemMessage(error);
  return {
    code: fallback,
    ...(condition ??
      problemTexts(say('unexpected', { what: said }), say('unexpectedSummary', { what: said }))),
    detail: textOf(error.stack ?? error.message),
  };
}

/** The problem with a message that says more. Its row says what it said before. */
export function extended(problem: Problem, message: Message): Problem {
  const summary = problem.texts?.summary ?? problem.texts?.message;
  return {
    summary: problem.message,
    ...problem,
    message: textIn(message),
    texts: { message, ...(summary === undefined ? {} : { summary }) },
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
