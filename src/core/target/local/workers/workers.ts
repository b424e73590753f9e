import type { WorkerGroup } from './worker-group';

/** The processes of a component, as who supervises them sees them. */
export type Workers = Pick<WorkerGroup, keyof WorkerGroup>;

const never = (): { dispose: () => void } => ({ dispose: () => undefined });
const done = (): Promise<void> => Promise.resolve();

/** Of a component that runs elsewhere. */
export const noWorkers: Workers = {
  group: '',
  pids: [],
  processes: [],
  imports: [],
  workersWanted: 0,
  workersAlive: 0,
  alive: 0,
  missing: 0,
  restarts: 0,
  onExit: never,
  onEnd: never,
  onStart: never,
  onReplace: never,
  start: done,
  replace: done,
  renew: () => Promise.reject(new Error('it runs elsewhere')),
  countRestart: () => undefined,
  terminate: done,
  retire: done,
  kill: done,
  ended: done,
  dispose: () => undefined,
};
