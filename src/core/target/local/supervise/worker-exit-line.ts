import { describeExit } from '../../../programs/exit-status';
import type { WorkerExit } from '../workers/worker-generation';

/** The line in the log about a worker that ended. `forcedBecause`: why its component was ended by force. */
export const workerExitLine = (
  { process, pid, status }: WorkerExit,
  forcedBecause: string | undefined,
): string =>
  status.signal === 'SIGKILL' && forcedBecause !== undefined
    ? `${process} (pid ${pid}) was killed: ${forcedBecause}`
    : `${process} (pid ${pid}) ${describeExit(status)}`;
