import type { ServeSettings } from '../settings/serve-settings';

/** `workers`: BentoML's own worker processes on sockets we hold. `cli`: its `start-…-server` commands. */
export type Launcher = 'workers' | 'cli';

/** Inherited sockets do not exist on Windows. */
export function launcherFor(
  setting: ServeSettings['launcher'],
  platform: NodeJS.Platform,
): Launcher {
  if (platform === 'win32') return 'cli';
  return setting === 'cli' ? 'cli' : 'workers';
}
