import type { RunningBento } from '../target/running-bento';
import type { StartInProgress } from './start-in-progress';
import { say } from '../messages/message';

/** Nothing of it is left to start. */
export const isFullyReady = (served: RunningBento): boolean =>
  !served.stopping &&
  served.problem === undefined &&
  served.components.length > 0 &&
  served.components.every(({ snapshot }) => snapshot.state === 'ready');

/** Starts what is stopped or failed in it, and leaves alone what runs. */
export async function startRest(served: RunningBento, start: StartInProgress): Promise<void> {
  start.report(say('startingRest'));
  const starts = await Promise.allSettled(
    served.components.map(({ id }) => served.startComponent(id, start.signal)),
  );
  start.throwIfCancelled();
  const failed = starts.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  await served.retryReload(start.signal);
}
