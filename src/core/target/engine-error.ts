import { say, textOf, type MessageTexts } from '../messages/message';
import { problemOf } from '../problem';

/** The kind of failure. `engine-…` is a failure of the engine itself; the others concern what it should run. */
export type EngineErrorCode =
  | 'engine-not-found'
  | 'engine-too-old'
  | 'engine-denied'
  | 'engine-unreachable'
  | 'engine-failed'
  | 'no-context'
  | 'no-namespace'
  | 'apply-rejected'
  | 'quota-exceeded'
  | 'unschedulable'
  | 'project-conflict'
  | 'image-unavailable'
  | 'build-failed'
  | 'no-space'
  | 'port-in-use'
  | 'container-exited'
  | 'container-unhealthy';

export interface EngineProblem {
  readonly code: EngineErrorCode;
  /** The texts to show: what happened, why, and the next step. */
  readonly texts: MessageTexts;
  /** The output of the program. */
  readonly detail?: string;
  /** The port of this machine that is in use. */
  readonly port?: number;
}

/** A failure of an engine or of a program that talks to it. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly problem: EngineProblem;

  constructor(problem: EngineProblem) {
    super(textOf(problem.texts.message));
    this.problem = problem;
  }

  get code(): EngineErrorCode {
    return this.problem.code;
  }
}

/** Converts anything that is thrown to a problem, so that a watch always continues. */
export function engineProblem(thrown: unknown): EngineProblem {
  if (thrown instanceof EngineError) return thrown.problem;
  const { message, texts, detail } = problemOf(thrown);
  return {
    code: 'engine-failed',
    texts: { message: texts?.message ?? say('unexpected', { what: message }) },
    ...(detail === undefined ? {} : { detail }),
  };
}
