import { isDeepStrictEqual } from 'node:util';
import type { ConfigDrift } from '../bento-manager';
import type { Clock } from '../clock';
import { withDeadline } from '../deadline';
import type { ServeSettings } from '../settings/serve-settings';
import { isWatched } from './bento-record';
import type { BentoSources } from './bento-sources';
import type { RunningRequest } from '../target/running-bento';

/** Milliseconds to search for the interpreter; after them it counts as unchanged. */
const limitMs = 30_000;

/** Compares a running bento with how it would be served now: its settings, reference and interpreter. */
export async function detectDrift(
  { bento, settings, interpreter }: RunningRequest,
  sources: BentoSources,
  clock: Clock,
): Promise<ConfigDrift | undefined> {
  const now = sources.discovered().find(({ id }) => id === bento.id);
  if (now === undefined) return 'gone';
  const current = sources.settingsFor(now);
  if (isWatched(bento)) {
    const same =
      isDeepStrictEqual(now.addresses, bento.addresses) &&
      isDeepStrictEqual(current.health, settings.health);
    return same ? undefined : 'settings';
  }
  const same =
    now.reference === bento.reference &&
    now.workingDir === bento.workingDir &&
    now.buildFile === bento.buildFile &&
    isDeepStrictEqual(whatCounts(current), whatCounts(settings));
  if (!same) return 'settings';
  // A bento that was found on its engine: the interpreter that it was served with is unknown.
  if (interpreter === undefined) return undefined;
  try {
    const found = await withDeadline(clock, limitMs, [], (limit) =>
      sources.findInterpreter(now, current, limit),
    );
    const isSame = (['path', 'version', 'bentomlVersion'] as const).every(
      (fact) => found[fact] === interpreter[fact],
    );
    return isSame ? undefined : 'interpreter';
  } catch {
    // Gone or broken: what runs is better than what a restart would give.
    return undefined;
  }
}

/** Some are asked for when they are needed. */
const whatCounts = ({
  resumeOnReload: _,
  reload: __,
  warmUp: ___,
  ...settings
}: ServeSettings): object => settings;
