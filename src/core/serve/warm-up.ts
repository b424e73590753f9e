import type { Clock } from '../clock';
import type { DiscoveredBento } from '../discovery/discovered-bento';
import type { Disposable } from '../events';
import type { Log } from '../log';
import { problemOf } from '../problem';
import { secretNames } from '../settings/secrets';
import type { BentoSources } from './bento-registry';
import { launcherFor } from './launcher';
import { templateRequest } from './template-request';
import type { WarmHelpers } from './warm-helpers';

export interface WarmUpParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly platform: NodeJS.Platform;
  readonly assertTrusted: () => void;
  readonly sources: BentoSources;
  readonly helpers: () => Promise<Pick<WarmHelpers, 'warm'>>;
}

/** Milliseconds after a row is first seen: the window has other things to do then. */
const settleMs = 1_000;
/** Milliseconds after which an interpreter is given up. */
const limitMs = 30_000;

/** Has a template wait for the serve of a bento whose row was seen, where `serveBento.warmUp` is `onView`. Asks nobody anything. */
export class WarmUp implements Disposable {
  readonly #parts: WarmUpParts;
  readonly #seen = new Set<string>();
  readonly #cancel = new AbortController();
  /** One after the other. */
  #queue: Promise<void> = Promise.resolve();

  constructor(parts: WarmUpParts) {
    this.#parts = parts;
  }

  /** To be called whenever the row of a bento is shown. */
  seen(bento: DiscoveredBento): void {
    if (this.#seen.has(bento.id) || this.#cancel.signal.aborted) return;
    // Its settings may change: only those that are wanted are remembered.
    if (this.#parts.sources.settingsFor(bento).warmUp !== 'onView') return;
    this.#seen.add(bento.id);
    this.#parts.clock.after(settleMs, () => {
      this.#queue = this.#queue.then(() => this.#warm(bento));
    });
  }

  dispose(): void {
    this.#cancel.abort();
  }

  async #warm(bento: DiscoveredBento): Promise<void> {
    const { sources, platform, log, assertTrusted, helpers } = this.#parts;
    const { signal } = this.#cancel;
    if (signal.aborted) return;
    try {
      assertTrusted();
      const settings = sources.settingsFor(bento);
      const variables = await sources.privilegedVariables(bento, settings);
      if (variables.length > 0 || secretNames(settings.env).length > 0) {
        log.info(`${bento.name} is not warmed up: somebody would have to be asked first`);
        return;
      }
      const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
      const interpreter = await sources.findInterpreter(bento, settings, limit);
      const launcher = launcherFor(settings.launcher, platform);
      const template = templateRequest({ bento, settings, interpreter, platform, launcher });
      if ('without' in template) return;
      const env = await sources.environmentFor(bento, settings, interpreter);
      const warm = await helpers();
      await warm.warm({ python: interpreter.path, env, template });
    } catch (error) {
      log.info(`${bento.name} is not warmed up: ${problemOf(error).message}`);
    }
  }
}
