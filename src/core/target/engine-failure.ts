import { problemTexts, say, type Argument, type Message } from '../messages/message';
import type { Problem, ProblemCode } from '../model';
import { oneLine } from '../one-line';
import type { RunResult } from '../programs/run';
import { lastCause } from './last-cause';

/** The output of a failed program that talks to an engine, and how it ended. */
export type FailedRun = Pick<RunResult, 'stderr' | 'timedOut' | 'startError'>;

/** Why such a program failed. */
export interface EngineFailure {
  readonly code: ProblemCode;
  readonly message: Message;
  readonly summary?: Argument;
  /** The port of this machine that is in use. */
  readonly port?: number;
  /** The setting that the message names. */
  readonly setting?: string;
}

/** Returns the problem, which has the standard error of the program as its detail. */
export function engineProblem(
  { code, message, summary, port, setting }: EngineFailure,
  { stderr }: Pick<FailedRun, 'stderr'>,
): Problem {
  const detail = stderr.trim().slice(-4_000);
  return {
    code,
    ...problemTexts(message, summary),
    ...(port === undefined ? {} : { port }),
    ...(setting === undefined ? {} : { setting }),
    ...(detail === '' ? {} : { detail }),
  };
}

/** The failure of a program for a reason that is not known. */
export const unknownFailure = (program: string, reason: Argument): EngineFailure => ({
  code: 'engine-failed',
  message: say('engineFailed', { program, reason }),
  summary: say('engineFailedSummary', { program, reason }),
});

export const portInUse = (port: string): EngineFailure => ({
  code: 'port-in-use',
  message: say('enginePortInUse', { port }),
  summary: say('enginePortInUseSummary', { port }),
  port: Number(port),
});

/** Returns the reason, which programs print last. @param prefix what they print before it */
export function reasonIn(stderr: string, prefix: RegExp): Argument {
  const last = stderr.split('\n').findLast((line) => line.trim() !== '') ?? '';
  const reason = oneLine(last.replace(prefix, ''), 2_000);
  return reason === '' ? say('engineNoReason') : lastCause(reason).replace(/\.$/, '');
}
