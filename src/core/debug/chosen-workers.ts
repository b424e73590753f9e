import { problemTexts, say } from '../messages/message';
import { ServeError } from '../problem';
import type { RunningWorker } from '../profile/running-worker';
import { workerNumber } from './debugged-worker';

/** Selects the workers with a number, counted from 1, or all. @throws ServeError `debugger` if none has it. */
export function chosenWorkers(
  workers: readonly RunningWorker[],
  number: number | undefined,
): readonly RunningWorker[] {
  if (number === undefined) return workers;
  const chosen = workers.filter((worker) => workerNumber(worker) === number);
  if (chosen.length > 0) return chosen;
  const count = Math.max(0, ...workers.map(workerNumber));
  const message = say('noSuchWorker', { number: String(number), count: String(count) });
  throw new ServeError({ code: 'debugger', ...problemTexts(message) });
}
