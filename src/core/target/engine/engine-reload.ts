import path from 'node:path';
import type { DiscoveredBento } from '../../discovery/discovered-bento';
import type { Log } from '../../log';
import type { Plan } from '../../plan/plan';
import { cancelled } from '../../problem';
import { forgetBytecode } from '../local/reload/bytecode';
import { ChangedFiles, type Changes } from '../local/reload/changed-files';
import type { ReportedChanges } from '../local/reload/outdated-files';
import { isSame } from '../local/reload/reload';
import { isBuildFile, isPythonFile, servedCode } from '../local/reload/served-code';

/** How a bento whose source is mounted follows its code. */
export interface EngineCode {
  readonly log: Pick<Log, 'info'>;
  /**
   * Asks BentoML what the present code would run.
   * @param before the plan that is served, if it is known
   * @throws ServeError why the code cannot be served
   */
  readonly replan: (before: Plan | undefined, signal: AbortSignal) => Promise<Plan>;
  /** Stops the bento and serves it again, with other components. */
  readonly serveAgain: () => Promise<unknown>;
}

export interface EngineReloadParts extends EngineCode {
  readonly bento: DiscoveredBento;
  /** The plan that is served. Undefined if another window has served it. */
  readonly plan: () => Plan | undefined;
  /** Called with the plan of the changed code if it is the same. */
  readonly confirm: (plan: Plan) => void;
  /** The ids of the components. */
  readonly components: () => readonly string[];
  /** Restarts all components. Resolves when the engine has started them. @param files the names of the changed files */
  readonly restart: (files: string) => Promise<void>;
}

/**
 * Restarts containers that run the mounted source after it has changed. What they have imported is not known, so each
 * Python file beside the service counts, as for workers of this machine that were not forked.
 */
export class EngineReload {
  readonly isPlanDue = false;
  readonly #parts: EngineReloadParts;
  readonly #files = new ChangedFiles();
  readonly #learned: Promise<void>;

  constructor(parts: EngineReloadParts) {
    this.#parts = parts;
    this.#learned = this.#files.learn(parts.plan()?.sources ?? []);
  }

  /** Compares files with what they held at the last call, or at the start. */
  async changes(paths: readonly string[]): Promise<Changes> {
    await this.#learned;
    return this.#files.among(paths);
  }

  /**
   * Resolves when the containers have been restarted with the code that is on the disk. Once that has begun, only a stop
   * cancels it: what is saved meanwhile is served after it.
   * @throws ServeError why the new code cannot be served; nothing is restarted then
   */
  async run(changed: ReportedChanges, cancel: AbortSignal): Promise<void> {
    const { bento, log, plan: served, replan, confirm, components } = this.#parts;
    const before = served();
    const code = await servedCode(bento, before ?? { workingDir: bento.workingDir });
    const files = [...changed.keys()];
    const used = files.filter((file) => isBuildFile(code, file) || isPythonFile(code, file));
    if (used.length === 0 && !files.some((file) => code.sources?.includes(file) === true)) return;
    await forgetBytecode(files);
    const plan = await replan(before, cancel);
    if (cancel.aborted) throw cancelled();
    if (isOther(plan, before, components())) {
      log.info(`${bento.name}: it has other components now`);
      await this.#parts.serveAgain();
      return;
    }
    confirm(plan);
    if (used.length === 0) return;
    const names = [...new Set(used.map((file) => path.basename(file)))].join(', ');
    log.info(`${bento.name}: ${names} changed, which ${components().join(', ')} use`);
    await this.#parts.restart(names);
  }
}

function isOther(plan: Plan, before: Plan | undefined, components: readonly string[]): boolean {
  if (before !== undefined) return !isSame(before, plan);
  const planned = plan.components.filter(({ remote }) => remote === undefined).map(({ id }) => id);
  return planned.length !== components.length || planned.some((id) => !components.includes(id));
}
