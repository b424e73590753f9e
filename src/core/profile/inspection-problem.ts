import { sessionName } from '../debug/debugged-worker';
import type { Message } from '../messages/message';
import { problemTexts } from '../messages/message';
import type { Problem } from '../model';
import { ServeError } from '../problem';
import { HelperRefusal } from '../target/local/helper/helper-connection';
import type { RunningWorker } from './running-worker';

/** What a running worker was asked for. */
export type Inspection = 'profile' | 'stacks';

export const workerName = sessionName;

export function inspectionProblem(
  code: Inspection,
  worker: RunningWorker,
  message: Message,
  detail?: string,
): Problem {
  return {
    code,
    component: worker.component,
    subject: workerName(worker),
    ...problemTexts(message),
    ...(detail === undefined ? {} : { detail }),
  };
}

/** Turns a refusal of the helper into a problem. Other errors are returned as they are. */
export const refusal = (error: unknown, problem: (detail: string) => Problem): unknown =>
  error instanceof HelperRefusal && error.code !== 'EPIPE'
    ? new ServeError(problem(error.message), { cause: error })
    : error;
