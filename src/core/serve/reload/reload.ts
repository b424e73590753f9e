import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../../log';
import type { Plan } from '../../plan/plan';
import type { Preparation } from '../preparation';
import type { ServedComponents } from '../served-components';
import type { ServeRequest } from '../serve-request';
import { forgetBytecode } from './bytecode';
import { ChangedFiles } from './changed-files';
import { importedFiles, isBelow, usedAmong } from './used-files';

export interface ReloadParts {
  readonly request: ServeRequest;
  readonly components: ServedComponents;
  readonly preparation: Preparation;
  readonly log: Log;
  /** What is served. */
  readonly plan: () => Plan;
  /** It is the plan of changed files, and the same. */
  readonly confirm: (plan: Plan) => void;
  /** Serves another plan instead, on the same ports. */
  readonly replace: (plan: Plan, cancel: AbortSignal) => Promise<void>;
}

/** Has what is served run the code of the moment: those components that use what has changed, and no others. */
export class Reload {
  readonly #parts: ReloadParts;
  readonly #files = new ChangedFiles();
  /** The code is another one than that of the plan. */
  #planDue = false;

  constructor(parts: ReloadParts) {
    this.#parts = parts;
  }

  /** Takes note of what runs, so that a save without a change is none. */
  async learn(): Promise<void> {
    const { components } = this.#parts;
    const workingDir = await this.#workingDir();
    for (const served of components.all) {
      const imported = (await importedFiles(served)) ?? this.#parts.plan().sources ?? [];
      const own = imported.filter((file) => isBelow(workingDir, file));
      await this.#files.learn(own, served.supervisor.startedAt ?? 0);
    }
  }

  /** Those of the files that hold something else than what runs, and than when it was asked last. */
  changed(paths: readonly string[]): Promise<readonly string[]> {
    return this.#files.among(paths);
  }

  /**
   * Gives whether anything had to be done.
   * @throws ServeError why the new code cannot be served; that from before goes on.
   */
  async run(changed: readonly string[], cancel: AbortSignal): Promise<boolean> {
    const { components, request, log } = this.#parts;
    const workingDir = await this.#workingDir();
    const using: string[] = [];
    for (const served of components.all) {
      const used = await usedAmong(changed, { workingDir }, served);
      if (used.length > 0) using.push(served.component.planned.id);
    }
    if (using.length === 0 && !this.#planDue) return false;
    if (using.length > 0) {
      const names = changed.map((file) => path.basename(file)).join(', ');
      log.info(`${request.bento.name}: ${names} changed, which ${using.join(', ')} use`);
    }
    const renewable = using.filter((id) => components.canRenew(id));
    const others = using.filter((id) => !renewable.includes(id));
    await forgetBytecode(changed);
    // First, as it is what people wait for: that the plan is another one is rare.
    const failure = await this.#renew(renewable, cancel);
    this.#planDue = true;
    const serves = failure === undefined && others.length === 0;
    const plan = await this.#otherPlan(serves, cancel);
    // Another save came in between: it is asked for after that.
    if (cancel.aborted && serves) return true;
    this.#planDue = false;
    if (plan !== undefined) await this.#parts.replace(plan, cancel);
    else if (failure !== undefined) throw failure;
    else components.restart(others);
    await this.learn();
    return true;
  }

  /** Gives why there are no new workers. */
  async #renew(ids: readonly string[], cancel: AbortSignal): Promise<Error | undefined> {
    try {
      await this.#parts.components.renew(ids, cancel);
      return undefined;
    } catch (error) {
      cancel.throwIfAborted();
      return error as Error;
    }
  }

  /** The plan of the code as it is now, where it is another one. @throws ServeError when the code cannot be imported. */
  async #otherPlan(serves: boolean, cancel: AbortSignal): Promise<Plan | undefined> {
    const { preparation, plan: served, confirm, log } = this.#parts;
    try {
      const plan = await preparation.planAnew(served(), cancel);
      if (!isSame(served(), plan)) return plan;
      confirm(plan);
      return undefined;
    } catch (error) {
      if (!serves) throw error;
      if (!cancel.aborted)
        log.warn(`Whether it has other components now is not known: ${String(error)}`);
      return undefined;
    }
  }

  /** As Python gives the files. */
  #workingDir(): Promise<string> {
    const { workingDir } = this.#parts.request.bento;
    return realpath(workingDir).catch(() => workingDir);
  }
}

function isSame({ sources: _, ...one }: Plan, { sources: __, ...other }: Plan): boolean {
  return isDeepStrictEqual(one, other);
}
