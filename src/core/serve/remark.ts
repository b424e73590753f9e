import { isDeepStrictEqual } from 'node:util';
import type { BentoRemark } from '../bento-manager';
import type { ServeSettings } from '../settings/serve-settings';
import type { BentoSources } from './bento-sources';
import type { RunningRequest } from './running-bento';

/** Milliseconds after which the interpreter counts as the same. */
const limitMs = 30_000;

/** Whether it would be served otherwise now: with other settings, another reference, another interpreter; or not at all. */
export async function remarkOn(
  { bento, settings, interpreter }: RunningRequest,
  sources: BentoSources,
): Promise<BentoRemark | undefined> {
  const now = sources.discovered().find(({ id }) => id === bento.id);
  if (now === undefined) return 'gone';
  const current = sources.settingsFor(now);
  if (interpreter === undefined) {
    const same =
      isDeepStrictEqual(now.addresses, bento.addresses) &&
      isDeepStrictEqual(current.health, settings.health);
    return same ? undefined : 'changed';
  }
  const same =
    now.reference === bento.reference &&
    now.workingDir === bento.workingDir &&
    now.buildFile === bento.buildFile &&
    isDeepStrictEqual(whatCounts(current), whatCounts(settings));
  if (!same) return 'changed';
  try {
    const found = await sources.findInterpreter(now, current, AbortSignal.timeout(limitMs));
    return found.path === interpreter.path ? undefined : 'changed';
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
