import { until } from '../support/until.ts';
import { withTimeLimit } from '../window/time-limit.mts';
import type { SceneFault } from './fault.ts';
import type { Driver } from './scene.ts';

/** How a fault went. */
export interface Outcome {
  readonly asExpected: boolean;
  readonly seen: string;
  readonly milliseconds: number;
}

const defaultLimit = 90;
const clearLimit = 30;
const clearMs = 5_000;

/** Brings a fault about as often as it wants, or as `times` says; the first time that is not as expected ends it. */
export async function runFault(
  fault: SceneFault,
  driver: Driver,
  times = fault.times ?? 1,
): Promise<Outcome> {
  const { scene, clear } = driver;
  const from = performance.now();
  const outcome = (asExpected: boolean, seen: string): Outcome => ({
    asExpected,
    seen,
    milliseconds: Math.round(performance.now() - from),
  });
  let seen = '';
  for (let time = 1; time <= times; time++) {
    const which = times === 1 ? '' : `time ${time} of ${times}: `;
    try {
      seen = await withTimeLimit(fault.limit ?? defaultLimit, fault.run(scene));
    } catch (error) {
      await withTimeLimit(clearLimit, clear()).catch(() => undefined);
      return outcome(false, `${which}${messageOf(error)}`);
    }
    try {
      await withTimeLimit(clearLimit, clear());
      await until('nothing left', () => left(driver) === '' || undefined, clearMs);
    } catch (error) {
      return outcome(false, `${which}${seen}; but ${left(driver) || messageOf(error)}`);
    }
  }
  return outcome(true, times === 1 ? seen : `${times} of ${times}: ${seen}`);
}

function left({ left, scene }: Driver): string {
  const [processes, ports] = [left(), scene.ports()];
  return [
    ...(processes.length === 0 ? [] : [`processes ${processes.join(', ')} left`]),
    ...(ports.length === 0 ? [] : [`ports ${ports.join(', ')} left`]),
  ].join(' and ');
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 500);
