import type { Clock } from '../../../clock';
import type { Disposable } from '../../../events';
import { messageIn, say } from '../../../messages/message';
import type { ComponentState, Problem } from '../../../model';
import { extended, problemOf } from '../../../problem';
import type { ReportedChanges } from './outdated-files';
import type { Reload } from './reload';
import { ReloadOnSave, type ReloadOutcome } from './reload-on-save';

export interface CodeReloadsParts {
  readonly clock: Clock;
  readonly reload: Pick<Reload, 'changes' | 'run' | 'isPlanDue'>;
  /** Runs a reload, which uses the helper. */
  readonly use: <T>(work: Promise<T>) => Promise<T>;
  /** Resolves when no debugger has paused a worker, or the signal is aborted. */
  readonly untilContinued: (signal: AbortSignal) => Promise<void>;
  /** Puts back what a reload needs and somebody has removed. @throws ServeError */
  readonly mend: () => Promise<void>;
  /** The states of the components. */
  readonly states: () => readonly ComponentState[];
  /** Aborts when the bento stops. */
  readonly stopped: AbortSignal;
  readonly onChange: () => void;
}

/** Has a bento serve the code that was saved, and knows why it does not. */
export class CodeReloads implements Disposable {
  readonly #parts: CodeReloadsParts;
  readonly #saves: ReloadOnSave;
  /** Why code that was saved is not served. */
  #problem: Problem | undefined;

  constructor(parts: CodeReloadsParts) {
    this.#parts = parts;
    this.#saves = new ReloadOnSave({
      clock: parts.clock,
      changes: (paths) => parts.reload.changes(paths),
      reload: (files, signal) => parts.use(this.#reload(files, signal)),
    });
  }

  /** Why code that was saved is not served, and what to do about it. */
  get problem(): Problem | undefined {
    const problem = this.#problem;
    if (problem === undefined) return undefined;
    // A component that crashed comes back with the new code, or not at all.
    const serve = this.#parts
      .states()
      .every((state) => ['ready', 'unhealthy', 'stopped'].includes(state));
    const key = serve ? 'fixAndSaveStillServed' : 'fixAndSave';
    return extended(problem, say(key, { problem: messageIn(problem) }));
  }

  /** Reloads from now on, also for what was saved before. */
  begin(): void {
    this.#saves.begin(this.#parts.reload.isPlanDue);
  }

  changed(paths: readonly string[]): void {
    this.#saves.changed(paths);
  }

  /** Tries again what failed last; resolves when no reload is under way. */
  retry(): Promise<void> {
    return this.#saves.retry();
  }

  dispose(): void {
    this.#problem = undefined;
    this.#saves.dispose();
  }

  /** What is wrong is shown beside what goes on serving. See `ReloadOnSaveParts.reload`. */
  async #reload(files: ReportedChanges, signal: AbortSignal): Promise<ReloadOutcome> {
    const { reload, untilContinued, mend, stopped, onChange } = this.#parts;
    let problem: Problem | undefined;
    try {
      // What is paused would be replaced, and the lines that it is paused at would change.
      await untilContinued(signal);
      signal.throwIfAborted();
      await mend();
      await reload.run(files, AbortSignal.any([signal, stopped]));
    } catch (error) {
      if (signal.aborted || stopped.aborted) return 'cancelled';
      problem = problemOf(error);
    }
    this.#problem = problem;
    onChange();
    return problem === undefined ? 'done' : 'failed';
  }
}
