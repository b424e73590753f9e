import type { DiscoveredBento } from '../discovery/discovered-bento';
import type { Interpreter } from '../python/interpreter';
import type { ServeSettings } from '../settings/serve-settings';
import type { Launcher } from './launcher';

/** What a template imports beside BentoML's serving stack, or why there is none. */
export type TemplateRequest =
  { readonly preload: readonly string[] } | { readonly without: string };

/** Versions whose workers were compared with those that `bentoml serve` starts. */
const known = /^1\.[34]\./;

/** Whether the workers of a bento may be forked. */
export function templateRequest(parts: {
  readonly platform: NodeJS.Platform;
  readonly launcher: Launcher;
  readonly settings: Pick<ServeSettings, 'warmUp' | 'preload'>;
  readonly interpreter: Pick<Interpreter, 'bentomlVersion'>;
  readonly bento: Pick<DiscoveredBento, 'generation'>;
}): TemplateRequest {
  const { platform, launcher, settings, interpreter, bento } = parts;
  const { bentomlVersion } = interpreter;
  // Frameworks of macOS do not survive a fork, and Windows has none.
  if (platform !== 'linux') return { without: 'workers are forked on Linux only' };
  if (launcher !== 'workers') return { without: 'the launcher cli starts them itself' };
  if (settings.warmUp === 'off') return { without: 'serveBento.warmUp is off' };
  if (!known.test(bentomlVersion)) {
    return { without: `it is not known how BentoML ${bentomlVersion} takes it` };
  }
  // A runner must set the number of threads before anything of BentoML is imported.
  if (bento.generation === 'legacy') return { without: 'services with runners cannot be' };
  return { preload: settings.preload };
}
