import type { WorkerIdentity } from '../debug/debugged-worker';

/** A process that serves. */
export interface RunningWorker extends WorkerIdentity {
  readonly pid: number;
}
