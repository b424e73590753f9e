import type { Disposable } from '../../../events';
import { forLog, type LogText } from '../../../log';
import { cancelled } from '../../../problem';
import { untilAborted } from '../../../until-aborted';
import {
  endBase,
  startBase,
  type BaseRequest,
  type ServeRuntime,
  type ServeRuntimeContext,
} from '../serve-runtime';
import { HelpersAhead } from './helpers-ahead';

export interface HelperPoolContext extends ServeRuntimeContext {
  /** Milliseconds until an idle one is ended. */
  readonly warmIdleMs: number;
}

interface Kept {
  readonly base: ServeRuntime;
  readonly timer: Disposable;
}

/** The largest number of helpers that wait for the next serve: each one uses memory. */
const mostKept = 3;

/** The helpers of the window: those that serve, and those that wait with a fork server to serve again. */
export class HelperPool {
  readonly #context: HelperPoolContext;
  readonly #onChange: () => void;
  readonly #start: typeof startBase;
  readonly #kept = new Map<string, Kept>();
  /** The helpers that are being warmed up, by key. */
  readonly #warming = new Map<string, Promise<void>>();
  /** The number of serves that use each key, or will use it soon. */
  readonly #serving = new Map<string, number>();
  readonly #ahead: HelpersAhead;
  /** The ends and releases in progress: their processes may still run. */
  readonly #ending = new Set<Promise<void>>();
  #warmth = new AbortController();
  #isClosed = false;

  /** `onChange`: called when the number of waiting helpers changes. `start`: starts a helper; tests replace it. */
  constructor(context: HelperPoolContext, onChange: () => void, start = startBase) {
    this.#context = context;
    this.#onChange = onChange;
    this.#start = start;
    this.#ahead = new HelpersAhead(context.clock, (starting) => {
      void this.#track(starting.then(endBase, () => undefined));
    });
  }

  /** The number of helpers that wait for the next serve. */
  get waiting(): number {
    return this.#kept.size;
  }

  /** Returns a waiting helper with the same interpreter and environment, or a new one. @throws ServeError as `Helper.start`. */
  async acquire(request: BaseRequest, cancel: AbortSignal): Promise<ServeRuntime> {
    if (this.#isClosed) throw cancelled();
    const key = keyOf(request);
    this.#count(key, 1);
    try {
      await untilAborted(cancel, this.#warming.get(key) ?? Promise.resolve());
      const ahead = await this.#takeAhead(key, cancel);
      const kept = ahead ?? (await this.#wholeKept(key));
      const base = kept ?? (await this.#start(this.#context, request, key, cancel));
      if (cancel.aborted) {
        await this.#end(base);
        cancel.throwIfAborted();
      }
      if (ahead === undefined && kept !== undefined) {
        this.#context.log.info('a helper that waited serves');
      }
      return { ...base, folder: request.folder };
    } catch (error) {
      this.#count(key, -1);
      throw error;
    }
  }

  /**
   * Starts a helper and its fork server ahead of a serve, at idle priority. Resolves when the fork server is ready, or
   * with the reason why there is none. Never rejects.
   */
  async warm(request: BaseRequest): Promise<LogText | undefined> {
    if (this.#isClosed) return forLog('the window is closing');
    const key = keyOf(request);
    if (this.#isThere(key)) return forLog('a helper like it is there already');
    if (this.#kept.size + this.#warming.size >= mostKept) {
      return forLog(`${mostKept} helpers wait already`);
    }
    const { signal } = this.#warmth;
    const starting = this.#start(this.#context, { ...request, idle: true }, key, signal);
    // A serve of the same waits for the helper only: it has its own patience with the fork server.
    const settled = starting.then(
      (base) => (signal.aborted ? this.#end(base) : this.#keep(base)),
      () => undefined,
    );
    this.#warming.set(key, settled);
    await settled;
    this.#warming.delete(key);
    try {
      const base = await starting;
      const why = await base.forkServer;
      if (why !== undefined && this.#forgetBase(base)) await this.#end(base);
      return why;
    } catch (error) {
      return forLog(String(error));
    }
  }

  /**
   * Starts a helper and its fork server for a serve that will probably acquire them, and resolves when the helper has
   * started. `cancel` ends them, unless a serve has acquired them. Never rejects.
   */
  async startAhead(request: BaseRequest, cancel: AbortSignal): Promise<void> {
    const key = keyOf(request);
    if (this.#isClosed || this.#isThere(key) || cancel.aborted) return;
    const start = (over: AbortSignal): Promise<ServeRuntime> =>
      this.#start(this.#context, request, key, over);
    await this.#ahead.start({ key, folder: request.folder, start, cancel });
  }

  /** Takes it back after a serve: everything in it is ended, and it waits for the next one where that is of use. */
  async release(base: ServeRuntime): Promise<void> {
    await this.#track(this.#release(base, this.#warmth.signal));
  }

  /** Ends all helpers that no serve has acquired. Resolves when none of them runs, even if it was being started or ended. */
  async endIdle(): Promise<void> {
    this.#warmth.abort();
    this.#warmth = new AbortController();
    await this.endIdleOf(() => true);
    while (this.#ending.size > 0) await Promise.all(this.#ending);
  }

  /** Ends the helpers that wait, and starts none from then on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.endIdle();
  }

  /** Ends the helpers that wait for bentos of these folders. */
  async endIdleOf(isOver: (folder: string) => boolean): Promise<void> {
    this.#ahead.endOf(isOver);
    await Promise.all(this.#warming.values());
    const bases = [...this.#kept.values()].map(({ base }) => base);
    const over = bases.filter(({ folder }) => isOver(folder));
    for (const base of over) this.#forgetBase(base);
    await Promise.all(over.map((base) => this.#end(base)));
  }

  #isThere(key: string): boolean {
    const all = [this.#kept, this.#warming, this.#serving, this.#ahead];
    return all.some((some) => some.has(key));
  }

  /** `stopped`: all that wait were ended meanwhile. */
  async #release(base: ServeRuntime, stopped: AbortSignal): Promise<void> {
    try {
      if ((await this.#isOfUse(base)) && this.#hasRoomFor(base) && !stopped.aborted) {
        await this.#keep(base);
      } else {
        await this.#end(base);
      }
    } finally {
      this.#count(base.key, -1);
    }
  }

  async #takeAhead(key: string, cancel: AbortSignal): Promise<ServeRuntime | undefined> {
    const taken = this.#ahead.take(key);
    try {
      return await untilAborted(cancel, taken);
    } catch (error) {
      void this.#track(taken.then((base) => base && endBase(base)));
      throw error;
    }
  }

  #end(base: ServeRuntime): Promise<void> {
    return this.#track(endBase(base));
  }

  #track(work: Promise<void>): Promise<void> {
    const tracked = work.catch((error: unknown) => {
      this.#context.log.warn(`A helper did not end as expected: ${String(error)}`);
    });
    this.#ending.add(tracked);
    void tracked.then(() => this.#ending.delete(tracked));
    return tracked;
  }

  /** Forgets the one that waits, and gives it where its directory is still there. */
  async #wholeKept(key: string): Promise<ServeRuntime | undefined> {
    const base = this.#forget(key)?.base;
    if (base === undefined) return undefined;
    if (base.forkServerLost() === undefined && (await this.#canServe(base))) return base;
    await this.#end(base);
    return undefined;
  }

  async #canServe(base: ServeRuntime): Promise<boolean> {
    const { log } = this.#context;
    if (!(await base.isWhole())) {
      log.warn(`${base.directory} was removed, or is full: another helper serves`);
      return false;
    }
    try {
      await base.prioritize();
      return true;
    } catch (error) {
      log.warn(`A waiting helper cannot be used, a new one is started: ${String(error)}`);
      return false;
    }
  }

  async #isOfUse(base: ServeRuntime): Promise<boolean> {
    // Undefined also if the fork server still imports modules. It goes on while the helper waits.
    const why = await Promise.race([base.forkServer, Promise.resolve(undefined)]);
    const isLost = why !== undefined || base.forkServerLost() !== undefined;
    if (isLost || this.#context.warmIdleMs === 0 || !this.#hasRoomFor(base)) return false;
    if (!(await base.isWhole())) return false;
    try {
      await base.helper.reset();
      return true;
    } catch (error) {
      this.#context.log.warn(`A helper cannot be kept: ${String(error)}`);
      return false;
    }
  }

  #hasRoomFor({ key }: ServeRuntime): boolean {
    return !this.#kept.has(key) && !this.#warming.has(key);
  }

  async #keep(base: ServeRuntime): Promise<void> {
    const { key } = base;
    const { clock, warmIdleMs, log } = this.#context;
    const expire = (): void => {
      log.info(`a helper that waited for ${warmIdleMs / 60_000} min ends`);
      this.#forget(key);
      void this.#end(base);
    };
    this.#kept.set(key, { base, timer: clock.after(warmIdleMs, expire) });
    this.#onChange();
    log.info(`a helper waits for the next serve, ${this.#kept.size} of at most ${mostKept}`);
    const end = (): void => {
      if (this.#forgetBase(base)) void this.#end(base);
    };
    void base.helper.ended.then(end);
    void base.forkServer.then((why) => (why === undefined ? undefined : end()));
    const [oldest] = this.#kept.values();
    if (this.#kept.size <= mostKept || oldest === undefined) return;
    this.#forgetBase(oldest.base);
    await this.#end(oldest.base);
  }

  #forgetBase(base: ServeRuntime): boolean {
    return this.#kept.get(base.key)?.base === base && this.#forget(base.key) !== undefined;
  }

  #count(key: string, change: 1 | -1): void {
    const count = (this.#serving.get(key) ?? 0) + change;
    if (count === 0) this.#serving.delete(key);
    else this.#serving.set(key, count);
  }

  #forget(key: string): Kept | undefined {
    const kept = this.#kept.get(key);
    kept?.timer.dispose();
    if (this.#kept.delete(key)) this.#onChange();
    return kept;
  }
}

const keyOf = ({ python, env, forkServer }: BaseRequest): string =>
  JSON.stringify([python, env, forkServer]);
