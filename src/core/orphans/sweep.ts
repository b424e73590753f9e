import type { Clock } from '../clock';
import { pause } from '../pause';
import type { Processes } from './processes';

export interface Swept {
  /** So many processes were ended. */
  readonly ended: number;
  /** So many did not end: they wait for a device, and no signal reaches them. */
  readonly left: number;
}

const limitMs = 5_000;
/** Of the first pause; the next ones are longer, as looking takes the processor from those who are to end. */
const firstPauseMs = 10;
const longestPauseMs = 160;

/** Ends everything that carries one of the marks: in rounds, since what forks meanwhile is found by the next one. */
export async function sweep(
  processes: Processes,
  marks: ReadonlySet<string>,
  clock: Clock,
): Promise<Swept> {
  const ended = new Set<number>();
  const until = clock.now() + limitMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const found = await processes.marked(marks);
    for (const { pid } of found) ended.add(pid);
    if (found.length === 0 || clock.now() > until) {
      return { ended: ended.size - found.length, left: found.length };
    }
    await processes.signal(found, 'SIGKILL');
    await pause(clock, pauseMs);
  }
}
