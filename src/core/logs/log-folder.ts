import path from 'node:path';
import type { Clock } from '../clock';
import type { DiscoveredBento } from '../discovery/discovered-bento';
import type { Log } from '../log';
import { say, type Argument, type Message } from '../messages/message';
import { ComponentLog } from './component-log';
import { logName } from './log-name';
import { removeOldLogs } from './old-logs';
import { storedLogs, type StoredLog } from './stored-logs';

export interface LogFolderOptions {
  /** Ours alone. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Log files cannot be written: said once, until one can be written again. */
  readonly onFailure: (message: Message) => void;
}

/** The log files of everything that is served in this window. What is old is removed when the first is opened. */
export class LogFolder {
  readonly #options: LogFolderOptions;
  readonly #logs = new Map<string, ComponentLog>();
  #hasFailed = false;

  constructor(options: LogFolderOptions) {
    this.#options = options;
    const { directory, clock, log } = options;
    removeOldLogs(directory, clock.date()).catch((error: unknown) =>
      log.warn(`Old log files in ${directory} could not be removed: ${String(error)}`),
    );
  }

  open({ id, name, folder }: DiscoveredBento, component: string): ComponentLog {
    const { directory, clock } = this.#options;
    const file = path.join(directory, `${logName(folder, id, name, component)}.log`);
    // A bento that was gone for a moment writes on: two writers would disturb each other.
    const known = this.#logs.get(file);
    if (known !== undefined) return known;
    const log = new ComponentLog({
      clock,
      path: file,
      onFileState: (failure) => this.#fileState(failure),
    });
    this.#logs.set(file, log);
    return log;
  }

  /** All that is on disk, also of other windows and of times before; the one written last first. */
  async stored(): Promise<readonly StoredLog[]> {
    await this.flushed();
    return storedLogs(this.#options.directory);
  }

  /** Resolves when everything is in the files, or given up. */
  async flushed(): Promise<void> {
    await Promise.all([...this.#logs.values()].map((log) => log.flushed()));
  }

  #fileState(failure: Argument | undefined): void {
    const { directory, log, onFailure } = this.#options;
    if (failure === undefined) {
      if (this.#hasFailed) log.info('Log files are written again.');
      this.#hasFailed = false;
    } else if (!this.#hasFailed) {
      this.#hasFailed = true;
      onFailure(say('logNotWritten', { reason: failure, directory }));
    }
  }
}
