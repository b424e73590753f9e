import type { DiscoveredBento } from '../../../discovery/discovered-bento';
import { forLog, type LogText } from '../../../log';
import type { Generation } from '../../../model';
import type { Interpreter } from '../../../interpreter/interpreter';
import type { ServeSettings } from '../../../settings/serve-settings';
import type { Launcher } from '../../../plan/launcher';

/** What a fork server imports, or why there is none. */
export type ForkServerRequest =
  | {
      readonly stack: Generation;
      /** Modules beside those of the stack. */
      readonly preload: readonly string[];
    }
  | { readonly without: LogText };

/** Versions whose workers were compared with those that `bentoml serve` starts. */
const known: Readonly<Record<Generation, RegExp>> = {
  service: /^1\.[34]\./,
  legacy: /^1\.[0134]\./,
};

/** Whether the workers of a bento may be forked. */
export function forkServerRequest(parts: {
  readonly platform: NodeJS.Platform;
  readonly launcher: Launcher;
  readonly settings: Pick<ServeSettings, 'warmUp' | 'preload'>;
  readonly interpreter: Pick<Interpreter, 'bentomlVersion'>;
  readonly bento: Pick<DiscoveredBento, 'generation'>;
}): ForkServerRequest {
  const { platform, launcher, settings, interpreter, bento } = parts;
  const { bentomlVersion } = interpreter;
  // Frameworks of macOS do not survive a fork, and Windows has none.
  if (platform !== 'linux') return { without: forLog('workers are forked on Linux only') };
  if (launcher !== 'workers') return { without: forLog('the launcher cli starts them itself') };
  if (settings.warmUp === 'off') return { without: forLog('serveBento.warmUp is off') };
  const stack = bento.generation ?? (hasClasses(bentomlVersion) ? 'service' : 'legacy');
  if (!known[stack].test(bentomlVersion)) {
    return { without: forLog(`it is not known how BentoML ${bentomlVersion} takes it`) };
  }
  // What a person wants to be imported first may read the number of threads, which a runner sets for itself.
  return { stack, preload: stack === 'legacy' ? [] : settings.preload };
}

/** BentoML 1.2 brought class services. */
const hasClasses = (version: string): boolean => !/^1\.[01]\./.test(version);
