import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock';
import type { Log } from '../log';
import { withTimeout } from '../with-timeout';
import type { Processes } from './processes';
import type { RunFiles } from './run-files';
import type { RunRecord } from './run-record';
import { sweep } from './sweep';

export interface RunsParts {
  readonly files: RunFiles;
  readonly processes: Processes;
  readonly log: Log;
  readonly clock: Clock;
}

/** Something started by us whose traces are found again should we be killed. */
export interface RecordedRun {
  /** To be the value of `SERVE_BENTO_MARK` in the environment of what is started. */
  readonly mark: string;
  /** Notes the helper's pid beside the mark. */
  helperIs(pid: number): void;
  /**
   * To be called when its process has ended. `orderly`: it says that it has ended all that it had started; otherwise
   * whatever carries the mark is ended here. Never throws.
   */
  end(orderly: boolean): Promise<void>;
}

/** To look at a process that hangs in the system can hang as well. */
const limitMs = 10_000;

/** Puts on record what is started, before it is started. */
export class Runs {
  readonly #parts: RunsParts;

  constructor(parts: RunsParts) {
    this.#parts = parts;
  }

  /** A folder that cannot be written, or a full disk, is no reason not to serve: it is logged. Never throws. */
  async begin(directory?: string): Promise<RecordedRun> {
    const mark = randomBytes(16).toString('hex');
    const record = await this.#attempt('A run file cannot be written', () =>
      this.#record(mark, directory),
    );
    let noted: Promise<unknown> = Promise.resolve();
    return {
      mark,
      helperIs: (pid) => {
        if (record !== undefined) noted = this.#note(record, pid);
      },
      end: async (orderly) => {
        // In this order, or the file would be written again.
        await noted;
        if (orderly || (await this.#isSwept(mark))) await this.#remove(mark);
      },
    };
  }

  async #record(mark: string, directory: string | undefined): Promise<RunRecord> {
    const { files, processes } = this.#parts;
    const [system, host] = await Promise.all([processes.system(), processes.identity(process.pid)]);
    if (host === undefined) throw new Error('the system does not tell about us');
    const record: RunRecord = { version: 1, mark, system, host, directory };
    await files.write(record);
    return record;
  }

  async #note(record: RunRecord, pid: number): Promise<void> {
    const { files, processes } = this.#parts;
    await this.#attempt('A run file cannot be completed', async () => {
      const helper = await processes.identity(pid);
      if (helper !== undefined) await files.write({ ...record, helper });
    });
  }

  async #isSwept(mark: string): Promise<boolean> {
    const { processes, clock, log } = this.#parts;
    const swept = await this.#attempt('What was left cannot be found', () =>
      withTimeout(clock, limitMs, sweep(processes, new Set([mark]), clock)),
    );
    if (swept === undefined) return false;
    if (swept.ended > 0) log.info(`ended ${swept.ended} processes that were left`);
    if (swept.left > 0) log.warn(`${swept.left} processes do not end`);
    return swept.left === 0;
  }

  async #remove(mark: string): Promise<void> {
    await this.#attempt('A run file cannot be removed', () => this.#parts.files.remove(mark));
  }

  async #attempt<T>(what: string, action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      this.#parts.log.warn(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }
}
