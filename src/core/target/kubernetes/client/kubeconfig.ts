import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import type { Clock } from '../../../clock';
import { pause } from '../../../pause';
import { environmentValue } from '../../../settings/environment-value';

export interface KubeconfigLocation {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly home?: string;
}

export interface KubeconfigWatch {
  readonly clock: Clock;
  readonly files: readonly string[];
  readonly signal: AbortSignal;
  readonly onChange: () => void;
}

/** The time between two checks of the files. */
const pollMs = 3_000;

/** Returns the files that kubectl merges into its configuration. Some may not exist. */
export function kubeconfigFiles({
  env,
  platform,
  home = homedir(),
}: KubeconfigLocation): readonly string[] {
  const paths = platform === 'win32' ? win32 : posix;
  const named = environmentValue(env, 'KUBECONFIG', platform) ?? '';
  if (named === '') return [paths.join(home, '.kube', 'config')];
  // A relative path would be in the folder in which kubectl is started. That folder has no configuration.
  return named.split(paths.delimiter).filter((file) => paths.isAbsolute(file));
}

/**
 * Reports changes of the files until the signal is aborted. Resolves when their present state is known, so that changes
 * from then on are reported.
 */
export async function watchKubeconfig(watch: KubeconfigWatch): Promise<void> {
  void poll(watch, await stateOf(watch.files));
}

async function poll(
  { clock, files, signal, onChange }: KubeconfigWatch,
  first: string,
): Promise<void> {
  let before = first;
  for (;;) {
    await pause(clock, pollMs, signal);
    if (signal.aborted) return;
    const now = await stateOf(files);
    if (now === before) continue;
    before = now;
    onChange();
  }
}

/** Returns a text that differs after a file was written, replaced, created or deleted. */
async function stateOf(files: readonly string[]): Promise<string> {
  const states = files.map((file) =>
    stat(file).then(
      ({ ino, mtimeMs, size }) => `${ino} ${mtimeMs} ${size}`,
      () => 'missing',
    ),
  );
  return (await Promise.all(states)).join('\n');
}
