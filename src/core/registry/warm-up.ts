import type { Clock } from '../clock';
import { withDeadline } from '../deadline';
import type { DiscoveredBento } from '../discovery/discovered-bento';
import type { Disposable, Event } from '../events';
import { forLog, type Log, type LogText } from '../log';
import { problemOf } from '../problem';
import type { PrivilegedVariable } from '../settings/privileged-variables';
import { secretUses, type SecretUse } from '../settings/secrets';
import type { ServeSettings } from '../settings/serve-settings';
import { isWatched } from './bento-record';
import type { StopAllEvent } from './bento-registry';
import type { BentoSources } from './bento-sources';
import { exposures, type Exposure } from '../exposure/exposure';
import { launcherFor } from '../plan/launcher';
import { forkServerRequest } from '../target/local/fork-server/fork-server-request';
import type { HelperPool } from '../target/local/fork-server/helper-pool';

/** What a person is asked about before a bento is served. */
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
  /** Whether all of it was answered before, so that nobody would be asked. */
  readonly areAnswered: (questions: Questions) => Promise<boolean>;
  readonly helpers: () => Promise<Pick<HelperPool, 'warm'>>;
  /** Somebody wants everything to end. */
  readonly onStopAll: Event<StopAllEvent>;
  /** What the window does at its start is done. */
  readonly settled: Promise<unknown>;
}

/** Milliseconds after a row is first seen: the window has other things to do then. */
const settleMs = 1_000;
/** Milliseconds after which an interpreter is given up. */
const limitMs = 30_000;

/** Has a fork server wait for the serve of a bento whose row was seen, once, where `serveBento.warmUp` is `onView`. Asks nobody anything. */
export class WarmUp implements Disposable {
  readonly #parts: WarmUpParts;
  readonly #seen = new Set<string>();
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
      if (this.#warming !== undefined) waitUntil(this.#warming);
    });
  }

  /** To be called whenever the row of a bento is shown. */
  seen(id: string): void {
    const { clock, settled } = this.#parts;
    const { signal } = this.#cancel;
    // What is not wanted now may be later: its settings change, or its folder is trusted.
    if (this.#seen.has(id) || this.#wanted(id) === undefined) return;
    this.#seen.add(id);
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

  /** One that may be warmed up, with the settings that say so. */
  #wanted(id: string): { bento: DiscoveredBento; settings: ServeSettings } | undefined {
    const { sources, discovered, platform, assertTrusted } = this.#parts;
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
    return settings.warmUp === 'onView' ? { bento, settings } : undefined;
  }

  async #warm(id: string, signal: AbortSignal): Promise<void> {
    const wanted = this.#wanted(id);
    if (signal.aborted || wanted === undefined) return;
    const { name } = wanted.bento;
    this.#parts.log.info(`${name}: warming up, as it was seen`);
    try {
      const why = await this.#whyNot(wanted, signal);
      this.#parts.log.info(
        `${name}: ${why === undefined ? 'warm' : `not warmed up: ${why.inLog}`}`,
      );
    } catch (error) {
      this.#parts.log.info(`${name}: not warmed up: ${problemOf(error).message}`);
    }
  }

  /** Nothing when a fork server waits for it now. */
  async #whyNot(
    { bento, settings }: { bento: DiscoveredBento; settings: ServeSettings },
    signal: AbortSignal,
  ): Promise<LogText | undefined> {
    const { clock, sources, platform, areAnswered, helpers } = this.#parts;
    const { folder } = bento;
    const fileVariables = await sources.fileVariables(settings);
    const variables = sources.privilegedVariables(bento, settings, fileVariables);
    const exposed = exposures(settings, sources.usersOwnSettings(bento));
    const secrets = secretUses(settings.env);
    const questions = { bento: bento.id, folder, exposed, variables, secrets };
    if (!(await areAnswered(questions))) return forLog('it needs your confirmation first');
    const interpreter = await withDeadline(clock, limitMs, [signal], (limit) =>
      sources.findInterpreter(bento, settings, limit),
    );
    const launcher = launcherFor(settings.launcher, platform);
    const forkServer = forkServerRequest({ bento, settings, interpreter, platform, launcher });
    if ('without' in forkServer) return forkServer.without;
    const env = await sources.environmentFor(bento, settings, interpreter, fileVariables);
    const warm = await helpers();
    if (signal.aborted) return forLog('everything was stopped');
    const forkServerLimitMs = settings.startTimeout * 1000;
    return warm.warm({ folder, python: interpreter.path, env, forkServer, forkServerLimitMs });
  }
}
