import type { Clock } from '../clock';
import type { Log } from '../log';
import { pause } from '../pause';
import { withTimeout } from '../with-timeout';
import type { Processes, ProcessIdentity } from './processes';
import { removeRunDirectory } from './run-directory';
import type { RunFiles } from './run-files';
import type { RunRecord } from './run-record';
import { sweep } from './sweep';

export interface ReaperParts {
  readonly files: RunFiles;
  readonly processes: Processes;
  readonly log: Log;
  readonly clock: Clock;
}

/** A helper whose extension host has just ended gives its children a second of their own. */
const patienceMs = 3_000;
/** To look at a process that hangs in the system can hang as well. */
const limitMs = 12_000;
const pollMs = 25;

/** Ends what extension hosts have left that were killed together with their helpers. */
export class Reaper {
  readonly #parts: ReaperParts;

  constructor(parts: ReaperParts) {
    this.#parts = parts;
  }

  /** At most 12 s, and next to nothing when nothing was left. Never throws. */
  async reap(): Promise<void> {
    const { clock } = this.#parts;
    const work = this.#orphans().then((orphans) => this.#end(orphans));
    try {
      await withTimeout(clock, limitMs, work);
    } catch (error) {
      this.#parts.log.warn(`What was left behind was not ended: ${String(error)}`);
    }
  }

  /** The runs of this system whose extension host is dead. Another window's is alive, or not of this system. */
  async #orphans(): Promise<readonly RunRecord[]> {
    const { files, processes, clock } = this.#parts;
    const records = await files.read(clock.date());
    if (records.length === 0) return [];
    const system = await processes.system();
    const orphans: RunRecord[] = [];
    for (const record of records) {
      if (record.system !== system) await files.removeIfOld(`${record.mark}.json`, clock.date());
      else if (!(await this.#lives(record.host))) orphans.push(record);
    }
    return orphans;
  }

  async #end(orphans: readonly RunRecord[]): Promise<void> {
    if (orphans.length === 0) return;
    const { files, processes, log, clock } = this.#parts;
    const marks = new Set(orphans.map(({ mark }) => mark));
    const helpers = await this.#ownHelpers(orphans, marks);
    await this.#endHelpers(helpers);
    const { ended, left } = await sweep(processes, marks, clock);
    log.info(`An earlier window was killed: ended ${ended} processes that it left.`);
    if (left > 0) {
      // The next activation tries again.
      log.warn(`${left} processes do not end.`);
      return;
    }
    for (const { mark, directory } of orphans) {
      if (directory !== undefined) await removeRunDirectory(directory);
      await files.remove(mark);
    }
  }

  /** A file may name any process; a helper of ours has the mark in its environment. Dead ones need no look at all others. */
  async #ownHelpers(
    orphans: readonly RunRecord[],
    marks: ReadonlySet<string>,
  ): Promise<readonly ProcessIdentity[]> {
    const named = orphans.flatMap(({ helper }) => helper ?? []);
    const lives = await Promise.all(named.map((one) => this.#lives(one)));
    if (!lives.includes(true)) return [];
    const marked = await this.#parts.processes.marked(marks);
    return named.filter(({ pid, start }) =>
      marked.some((one) => one.pid === pid && one.start === start),
    );
  }

  /** Politely first: it ends its own better than we can. Woken, should it be stopped. */
  async #endHelpers(helpers: readonly ProcessIdentity[]): Promise<void> {
    const { processes, clock } = this.#parts;
    await processes.signal(helpers, 'SIGTERM');
    await processes.signal(helpers, 'SIGCONT');
    const until = clock.now() + patienceMs;
    for (const helper of helpers) {
      while (clock.now() < until && (await this.#lives(helper))) await pause(clock, pollMs);
    }
    await processes.signal(helpers, 'SIGKILL');
  }

  async #lives({ pid, start }: ProcessIdentity): Promise<boolean> {
    return (await this.#parts.processes.identity(pid))?.start === start;
  }
}
