import { rmSync } from 'node:fs';
import { markedProcesses } from './processes.mts';

/** Leaves nothing behind when this process exits before the window was closed. */
export function endWithProcess(mark: string, work: string): Disposable {
  const end = () => {
    for (const { pid } of markedProcesses(mark)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // gone in the meantime
      }
    }
    rmSync(work, { recursive: true, force: true, maxRetries: 5 });
  };
  process.on('exit', end);
  return {
    [Symbol.dispose]: () => {
      process.off('exit', end);
    },
  };
}
