import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../../../log';
import type { Plan } from '../../../plan/plan';
import { cancelled } from '../../../problem';
import type { Preparation } from '../prepare/preparation';
import type { ServedComponents } from '../served-components';
import type { ServeRequest } from '../../serve-request';
import { forgetBytecode } from './bytecode';
import { ChangedFiles, type Changes } from './changed-files';
import { OutdatedFiles, type ReportedChanges } from './outdated-files';
import { servedCode } from './served-code';

export interface ReloadParts {
  readonly request: ServeRequest;
  readonly components: ServedComponents;
  readonly preparation: Preparation;
  readonly log: Log;
  /** What is served. */
  readonly plan: () => Plan;
  /** It is the plan of changed files, and the same. */
  readonly confirm: (plan: Plan) => void;
  /** Whether the plan is from an earlier window and must be verified once. */
  readonly isUnverified: boolean;
  /** Serves another plan instead, on the same ports. */
  readonly replace: (plan: Plan, cancel: AbortSignal) => Promise<void>;
}

/** Has what is served run the code of the moment: those components that run an older state, and no others. */
export class Reload {
  readonly #parts: ReloadParts;
  readonly #files = new ChangedFiles();
  readonly #learned: Promise<void>;
  /** Whether the code may have changed since the plan was made. */
  #planDue: boolean;

  /** To be made before anything is started: what is saved from then on is a change. */
  constructor(parts: ReloadParts) {
    this.#parts = parts;
    this.#planDue = parts.isUnverified;
    this.#learned = this.#files.learn(parts.plan().sources ?? []);
  }

  get isPlanDue(): boolean {
    return this.#planDue;
  }

  /** Compares files with what they held at the last call, or at the start. */
  async changes(paths: readonly string[]): Promise<Changes> {
    await this.#learned;
    return this.#files.among(paths);
  }

  /**
   * Resolves when what is served is what is on the disk, with or without a restart.
   * @throws ServeError why the new code cannot be served; that from before goes on.
   */
  async run(changed: ReportedChanges, cancel: AbortSignal): Promise<void> {
    const { components, request, log } = this.#parts;
    const outdated = await this.#outdated(changed);
    const using = [...outdated.keys()];
    this.#planDue ||= (this.#parts.plan().sources ?? []).some((file) => changed.has(file));
    if (using.length === 0 && !this.#planDue) return;
    if (using.length > 0) {
      const names = new Set([...outdated.values()].flat().map((file) => path.basename(file)));
      log.info(
        `${request.bento.name}: ${[...names].join(', ')} changed, which ${using.join(', ')} use`,
      );
    }
    const renewable = using.filter((id) => components.canRenew(id));
    const others = using.filter((id) => !renewable.includes(id));
    await forgetBytecode([...new Set([...changed.keys(), ...[...outdated.values()].flat()])]);
    // First, as it is what people wait for: that the plan is another one is rare.
    const failure = await this.#renew(renewable, cancel);
    this.#planDue = true;
    const serves = failure === undefined && others.length === 0;
    const plan = await this.#otherPlan(serves, cancel);
    // Another save came in between: the plan is made after that.
    if (cancel.aborted && serves) return;
    if (plan !== undefined) {
      await this.#parts.replace(plan, cancel);
      this.#planDue = false;
    } else if (failure !== undefined) throw failure;
    else components.restart(others);
  }

  /** The components that run an older state of some files, and these files. */
  async #outdated(changed: ReportedChanges): Promise<ReadonlyMap<string, readonly string[]>> {
    const { components, request } = this.#parts;
    const files = new OutdatedFiles(await servedCode(request.bento, this.#parts.plan()));
    const outdated = new Map<string, readonly string[]>();
    for (const served of components.all) {
      const own = await files.of(served, changed);
      if (own.length > 0) outdated.set(served.component.planned.id, own);
    }
    return outdated;
  }

  /** Gives why there are no new workers. */
  async #renew(ids: readonly string[], cancel: AbortSignal): Promise<Error | undefined> {
    try {
      await this.#parts.components.renew(ids, cancel);
      return undefined;
    } catch (error) {
      if (cancel.aborted) throw cancelled();
      return error as Error;
    }
  }

  /** The plan of the code as it is now, where it is another one. @throws ServeError when the code cannot be imported. */
  async #otherPlan(serves: boolean, cancel: AbortSignal): Promise<Plan | undefined> {
    const { preparation, plan: served, confirm, log } = this.#parts;
    try {
      const plan = await preparation.replan(served(), cancel);
      if (!isSame(served(), plan)) return plan;
      this.#planDue = false;
      confirm(plan);
      return undefined;
    } catch (error) {
      if (!serves) throw error;
      if (!cancel.aborted)
        log.warn(`Whether it has other components now is not known: ${String(error)}`);
      return undefined;
    }
  }
}

export function isSame({ sources: _, ...one }: Plan, { sources: __, ...other }: Plan): boolean {
  return isDeepStrictEqual(one, other);
}
