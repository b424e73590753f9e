import type { Clock } from '../clock';
import { withDeadline } from '../deadline';
import type { DiscoveredBento } from '../discovery/discovered-bento';
import type { Disposable, Event } from '../events';
import { forLog, type Log, type LogText } from '../log';
import { problemOf } from '../problem';
import type { PrivilegedVariable } from '../settings/privileged-variables';
import { secretUses, type SecretUse } from '../settings/secrets';
import type { ServeSettings } from '../settings/serve-settings';
import type { Interpreter } from '../interpreter/interpreter';
import { isWatched } from './bento-record';
import type { StopAllEvent } from './bento-registry';
import type { BentoSources } from './bento-sources';
import type { ServedBefore, ServedWith } from '../target/local/fork-server/served-before';
import { exposures, type Exposure } from '../exposure/exposure';
import { launcherFor } from '../plan/launcher';
import { forkServerRequest } from '../target/local/fork-server/fork-server-request';
import type { HelperPool } from '../target/local/fork-server/helper-pool';

/** The questions that a user is asked before a bento is served. */
export interface Questions {
  readonly bento: string;
  readonly folder: string;
  readonly exposed: readonly Exposure[];
  readonly variables: readonly PrivilegedVariable[];
  readonly secrets: readonly SecretUse[];
}

export interface WarmUpParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly platform: NodeJS.Platform;
  readonly assertTrusted: () => void;
  readonly sources: BentoSources;
  readonly discovered: (id: string) => DiscoveredBento | undefined;
  readonly servedBefore: Pick<ServedBefore, 'of'>;
  /** Returns the number of bytes that programs can allocate, or undefined if it is unknown. */
  readonly availableMemory: () => Promise<number | undefined>;
  /** Whether all questions were answered before, so that a serve would ask none. */
  readonly areAnswered: (questions: Questions) => Promise<boolean>;
  readonly helpers: () => Promise<Pick<HelperPool, 'warm'>>;
  /** Fires when all bentos are being stopped. */
  readonly onStopAll: Event<StopAllEvent>;
  /** Resolves when the window has finished starting. */
  readonly settled: Promise<unknown>;
}

/** A bento that may be warmed up. */
interface Wanted {
  readonly bento: DiscoveredBento;
  readonly settings: ServeSettings;
  /** Only the programs and modules of this earlier serve may be run. Absent: those that a serve would run. */
  readonly before?: ServedWith;
}

/** Milliseconds after a row is first seen: the window has other things to do then. */
const settleMs = 1_000;
/** Milliseconds after which an interpreter is given up. */
const limitMs = 30_000;
/** The number of bytes that must be available. */
const minMemory = 1_000_000_000;

/**
 * Starts a helper and a fork server when a row or file of a bento is first visible: if `serveBento.warmUp` is `onView`, or
 * if it is `auto` and the bento was served in an earlier window of this workspace. Never asks the user anything.
 */
export class WarmUp implements Disposable {
  readonly #parts: WarmUpParts;
  readonly #seen = new Set<string>();
  /** The bentos that were not warmed up for lack of memory. */
  readonly #postponed = new Set<string>();
  readonly #subscription: Disposable;
  #cancel = new AbortController();
  /** One after the other. */
  #queue: Promise<void> = Promise.resolve();
  /** The one whose turn it is. */
  #warming: Promise<void> | undefined;

  constructor(parts: WarmUpParts) {
    this.#parts = parts;
    this.#subscription = parts.onStopAll(({ waitUntil }) => {
      this.#cancel.abort();
      this.#cancel = new AbortController();
      this.#postponed.clear();
      if (this.#warming !== undefined) waitUntil(this.#warming);
    });
  }

  /** Call this whenever the row or a file of a bento is shown. */
  seen(id: string): void {
    const { clock, settled } = this.#parts;
    const { signal } = this.#cancel;
    // A bento that is not wanted now may be later, if its settings change or its folder is trusted.
    if ((this.#seen.has(id) && !this.#postponed.has(id)) || this.#wanted(id) === undefined) return;
    this.#seen.add(id);
    this.#postponed.delete(id);
    clock.after(settleMs, () => {
      this.#queue = this.#queue
        .then(() => settled)
        .then(() => (this.#warming = this.#warm(id, signal)));
    });
  }

  dispose(): void {
    this.#cancel.abort();
    this.#subscription.dispose();
  }

  #wanted(id: string): Wanted | undefined {
    const { sources, discovered, platform, assertTrusted, servedBefore } = this.#parts;
    // Nothing is forked elsewhere, so that not even the interpreter is looked for.
    if (platform !== 'linux') return undefined;
    try {
      assertTrusted();
    } catch {
      return undefined;
    }
    const bento = discovered(id);
    if (bento === undefined || isWatched(bento)) return undefined;
    const settings = sources.settingsFor(bento);
    if (settings.target !== 'local') return undefined;
    if (settings.warmUp === 'onView') return { bento, settings };
    const before = settings.warmUp === 'auto' ? servedBefore.of(id) : undefined;
    return before && { bento, settings, before };
  }

  async #warm(id: string, signal: AbortSignal): Promise<void> {
    const wanted = this.#wanted(id);
    if (signal.aborted || wanted === undefined) return;
    const { name } = wanted.bento;
    const { log } = this.#parts;
    try {
      const available = await this.#parts.availableMemory();
      if (available === undefined || available < minMemory) {
        // There may be more memory when it is shown again.
        this.#postponed.add(id);
        log.info(`${name}: not warmed up: less than 1 GB of memory is available`);
        return;
      }
      log.info(`${name}: warming up, because it is visible`);
      const why = await this.#whyNot(wanted, signal);
      log.info(`${name}: ${why === undefined ? 'warm' : `not warmed up: ${why.inLog}`}`);
    } catch (error) {
      log.info(`${name}: not warmed up: ${problemOf(error).message}`);
    }
  }

  /** Nothing when a fork server waits for it now. */
  async #whyNot(wanted: Wanted, signal: AbortSignal): Promise<LogText | undefined> {
    const { bento, settings, before } = wanted;
    const { sources, platform, areAnswered, helpers } = this.#parts;
    const { folder } = bento;
    const fileVariables = await sources.fileVariables(settings);
    const variables = sources.privilegedVariables(bento, settings, fileVariables);
    const exposed = exposures(settings, sources.usersOwnSettings(bento));
    const secrets = secretUses(settings.env);
    const questions = { bento: bento.id, folder, exposed, variables, secrets };
    if (!(await areAnswered(questions))) return forLog('it needs your confirmation first');
    if (before !== undefined && settings.preload.some((one) => !before.preload.includes(one))) {
      return forLog('it was served without a module of serveBento.preload');
    }
    const interpreter = await this.#interpreter(wanted, signal);
    if (interpreter === undefined) return forLog('it was served with another interpreter');
    const launcher = launcherFor(settings.launcher, platform);
    const forkServer = forkServerRequest({ bento, settings, interpreter, platform, launcher });
    if ('without' in forkServer) return forkServer.without;
    const env = await sources.environmentFor(bento, settings, interpreter, fileVariables);
    const warm = await helpers();
    if (signal.aborted) return forLog('everything was stopped');
    const forkServerLimitMs = settings.startTimeout * 1000;
    return warm.warm({ folder, python: interpreter.path, env, forkServer, forkServerLimitMs });
  }

  /** Returns the interpreter that a serve would use, or undefined if the bento was served with another one. */
  async #interpreter(
    { bento, settings, before }: Wanted,
    signal: AbortSignal,
  ): Promise<Interpreter | undefined> {
    const { clock, sources } = this.#parts;
    const refused: string[] = [];
    const mayRun = (program: string): boolean => {
      if (before === undefined || program === before.command) return true;
      refused.push(program);
      return false;
    };
    try {
      const found = await withDeadline(clock, limitMs, [signal], (limit) =>
        sources.findInterpreter(bento, settings, limit, { mayRun }),
      );
      return before === undefined || found.path === before.python ? found : undefined;
    } catch (error) {
      if (refused.length > 0) return undefined;
      throw error;
    }
  }
}
