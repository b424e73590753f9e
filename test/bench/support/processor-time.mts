import { readFileSync } from 'node:fs';

/** Of `/proc/PID/stat`, on every machine that Node runs on. */
const msPerTick = 10;

/** The processor time that these processes have taken (Linux), in milliseconds. */
export function processorMsOf(pids: readonly number[]): number {
  const ticks = pids.map((pid) => {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The name before it may have spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, one) => sum + one, 0) * msPerTick;
}
