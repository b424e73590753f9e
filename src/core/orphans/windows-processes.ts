import { isAlive } from '../programs/is-alive';
import type { Processes, ProcessIdentity } from './processes';

/** Windows: the helper's job object ends everything with it, so that there is nobody to look for. */
export class WindowsProcesses implements Processes {
  system(): Promise<string> {
    return Promise.resolve('win32');
  }

  /** Without a start time: a pid that is used again only keeps a file where it is. */
  identity(pid: number): Promise<ProcessIdentity | undefined> {
    return Promise.resolve(isAlive(pid) ? { pid, start: '' } : undefined);
  }

  marked(): Promise<readonly ProcessIdentity[]> {
    return Promise.resolve([]);
  }

  signal(): Promise<void> {
    return Promise.resolve();
  }
}
