import { isDeepStrictEqual } from 'node:util';
import type { ServeSettings } from '../settings/serve-settings';
import type { BentoSources } from './bento-registry';
import type { ServeRequest } from './served-bento';

/** Milliseconds after which the interpreter counts as the same. */
const limitMs = 30_000;

/** Whether it would be served with other settings, another reference or another interpreter now. */
export async function isRestartWanted(
  { bento, settings, interpreter }: ServeRequest,
  sources: BentoSources,
): Promise<boolean> {
  const now = sources.discovered().find(({ id }) => id === bento.id);
  if (now === undefined) return false;
  const current = sources.settingsFor(now);
  const same =
    now.reference === bento.reference &&
    now.workingDir === bento.workingDir &&
    isDeepStrictEqual(whatCounts(current), whatCounts(settings));
  if (!same) return true;
  try {
    const found = await sources.findInterpreter(now, current, AbortSignal.timeout(limitMs));
    return found.path !== interpreter.path;
  } catch {
    // Gone or broken: what runs is better than what a restart would give.
    return false;
  }
}

/** Some are asked for when they are needed. */
const whatCounts = ({ resumeOnReload: _, ...settings }: ServeSettings): object => settings;
