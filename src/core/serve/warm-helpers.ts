import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../clock';
import type { Disposable } from '../events';
import { Helper, templateProcess } from '../launch/helper';
import { leftBehind } from '../launch/left-behind/left-behind';
import type { Log } from '../log';
import type { Generation } from '../model';
import { emptyDirectory, makeRunDirectory } from './run-directory';
import type { TemplateRequest } from './template-request';

/** What is served with: a helper, a run directory, and where it is wanted a process to fork workers from. */
export interface ServingBase {
  readonly helper: Helper;
  readonly directory: string;
  /** Settles when workers can be forked, or with the reason why they are started instead. Never rejects. */
  readonly template: Promise<string | undefined>;
  /** Settles when the helper has ended and the directory is gone. Never rejects. */
  readonly ended: Promise<unknown>;
  /** Whose workers can be. */
  readonly stack: Generation | undefined;
  /** Serves with the same key can have it one after the other. */
  readonly key: string;
}

export interface BaseRequest {
  readonly python: string;
  /** The environment of every component. */
  readonly env: Readonly<Record<string, string>>;
  readonly template: TemplateRequest;
}

export interface WarmHelpersContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly platform: NodeJS.Platform;
  readonly processEnv: NodeJS.ProcessEnv;
  readonly scripts: string;
  readonly runFiles: string;
  readonly assertTrusted: () => void;
  /** Milliseconds until an idle one is ended. */
  readonly warmIdleMs: number;
}

interface Kept {
  readonly base: ServingBase;
  readonly timer: Disposable;
}

/** So many wait for the next serve, as each keeps its memory. */
const mostKept = 3;

/** The helpers of the window: those that serve, and those that wait with a warm template to serve again. */
export class WarmHelpers {
  readonly #context: WarmHelpersContext;
  readonly #kept = new Map<string, Kept>();
  /** Keys of those that are started before anybody serves with them. */
  readonly #warming = new Map<string, Promise<void>>();
  readonly #serving = new Set<string>();
  #warmth = new AbortController();

  constructor(context: WarmHelpersContext) {
    this.#context = context;
  }

  /** A warm one of the same interpreter and environment, or a new one. @throws ServeError as `Helper.start`. */
  async take(request: BaseRequest, cancel: AbortSignal): Promise<ServingBase> {
    const key = keyOf(request);
    await this.#warming.get(key);
    const base = this.#forget(key)?.base ?? (await this.#start(request, key, cancel));
    this.#serving.add(key);
    return base;
  }

  /** Starts one before anybody serves with it, where there is room. Never rejects. */
  async warm(request: BaseRequest): Promise<void> {
    const key = keyOf(request);
    const isThere = [this.#kept, this.#warming, this.#serving].some((some) => some.has(key));
    if (isThere || this.#kept.size + this.#warming.size >= mostKept) return;
    const warming = this.#startWarm(request, key).catch((error: unknown) =>
      this.#context.log.warn(`No helper waits for a serve: ${String(error)}`),
    );
    this.#warming.set(key, warming);
    await warming;
    this.#warming.delete(key);
  }

  /** Takes it back after a serve: everything in it is ended, and it waits for the next one where that is of use. */
  async giveBack(base: ServingBase): Promise<void> {
    const { key } = base;
    this.#serving.delete(key);
    const isWarm = (await Promise.race([base.template, Promise.resolve('not yet')])) === undefined;
    const { warmIdleMs, log } = this.#context;
    if (!isWarm || warmIdleMs === 0 || this.#kept.has(key)) {
      return end(base);
    }
    try {
      await base.helper.reset();
    } catch (error) {
      log.warn(`A helper cannot be kept: ${String(error)}`);
      return end(base);
    }
    this.#keep(base);
    const [oldest] = this.#kept.values();
    if (this.#kept.size > mostKept && oldest !== undefined) {
      this.#forget(oldest.base.key);
      await end(oldest.base);
    }
  }

  /** Ends those that wait. */
  async endKept(): Promise<void> {
    this.#warmth.abort();
    this.#warmth = new AbortController();
    await Promise.all(this.#warming.values());
    const bases = [...this.#kept.values()].map(({ base }) => base);
    for (const key of [...this.#kept.keys()]) this.#forget(key);
    await Promise.all(bases.map(end));
  }

  async #startWarm(request: BaseRequest, key: string): Promise<void> {
    const { signal } = this.#warmth;
    const base = await this.#start(request, key, signal);
    const why = await base.template;
    if (why === undefined && !signal.aborted) this.#keep(base);
    else await end(base);
  }

  #keep(base: ServingBase): void {
    const { key } = base;
    const { clock, warmIdleMs } = this.#context;
    const expire = (): void => {
      this.#forget(key);
      void end(base);
    };
    this.#kept.set(key, { base, timer: clock.after(warmIdleMs, expire) });
    void base.helper.ended.then(() => {
      if (this.#kept.get(key)?.base === base) this.#forget(key);
    });
  }

  #forget(key: string): Kept | undefined {
    const kept = this.#kept.get(key);
    kept?.timer.dispose();
    this.#kept.delete(key);
    return kept;
  }

  async #start(
    { python, env, template }: BaseRequest,
    key: string,
    cancel: AbortSignal,
  ): Promise<ServingBase> {
    const { platform, processEnv, scripts, runFiles, assertTrusted, log, clock } = this.#context;
    const directory = await makeRunDirectory(processEnv);
    const { runs } = leftBehind({ folder: runFiles, platform, assertTrusted, log, clock });
    // A helper removes it at its end; one that was killed, or never came to be, has not done it.
    const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
    let helper: Helper;
    try {
      cancel.throwIfAborted();
      const own = { python, scripts, env, assertTrusted, log, directory, runs, cancel };
      helper = await Helper.start(own);
    } catch (error) {
      await remove();
      throw error;
    }
    return {
      key,
      helper,
      ended: helper.ended.then(remove).catch((error: unknown) => {
        log.warn(`${directory} cannot be removed: ${String(error)}`);
      }),
      directory,
      stack: 'without' in template ? undefined : template.stack,
      template:
        'without' in template
          ? Promise.resolve(template.without)
          : this.#startTemplate(helper, { ...template, python, env, directory }),
    };
  }

  async #startTemplate(
    helper: Helper,
    parts: {
      readonly python: string;
      readonly env: Readonly<Record<string, string>>;
      readonly directory: string;
      readonly stack: Generation;
      readonly preload: readonly string[];
    },
  ): Promise<string | undefined> {
    const { scripts, log, clock } = this.#context;
    const { python, env, directory, stack, preload } = parts;
    const from = clock.now();
    const metrics = path.join(directory, 't');
    helper.onOutput(({ process, text }) => {
      if (process === templateProcess) log.debug(`template: ${text.trimEnd()}`);
    });
    try {
      await emptyDirectory(metrics);
      const why = await helper.startTemplate({
        argv: [python, path.join(scripts, 'template.py')],
        // Counted in files where there is such a directory at import; each worker has one of its own.
        env: { ...env, PROMETHEUS_MULTIPROC_DIR: metrics },
        cwd: directory,
        stack,
        preload,
        metrics,
      });
      const took = Math.round(clock.now() - from);
      if (why === undefined) log.info(`template ready after ${took} ms`);
      else log.warn(`Workers are started, not forked: ${why}`);
      return why;
    } catch (error) {
      return `the template cannot be started: ${String(error)}`;
    }
  }
}

const keyOf = ({ python, env, template }: BaseRequest): string =>
  JSON.stringify([python, env, template]);

async function end({ helper, ended }: ServingBase): Promise<void> {
  await helper.end();
  await ended;
}
