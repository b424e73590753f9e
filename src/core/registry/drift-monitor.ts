import type { Clock } from '../clock';
import { isWatched } from './bento-record';
import type { BentoSources } from './bento-sources';
import { detectDrift } from './config-drift';
import type { ServeSession } from './serve-session';

/**
 * Compares what is served with its configuration. A served bento is left alone: its drift is shown, and a restart is up
 * to the user. A watched bento has nothing to lose and is restarted.
 */
export class DriftMonitor {
  readonly #sources: BentoSources;
  readonly #clock: Clock;
  /** The newest check of each session. */
  readonly #newest = new WeakMap<ServeSession, symbol>();

  constructor(sources: BentoSources, clock: Clock) {
    this.#sources = sources;
    this.#clock = clock;
  }

  check(sessions: readonly ServeSession[]): void {
    for (const session of sessions) void this.#check(session);
  }

  async #check(session: ServeSession): Promise<void> {
    const { served } = session.record;
    if (served === undefined) return;
    const check = Symbol();
    this.#newest.set(session, check);
    const drift = await detectDrift(served.request, this.#sources, this.#clock);
    // A newer check has read newer settings.
    if (this.#newest.get(session) !== check) return;
    const { record } = session;
    if (record.served !== served || record.drift === drift) return;
    if (drift === 'settings' && isWatched(record.bento)) session.restartUnasked();
    else session.setDrift(drift);
  }
}
