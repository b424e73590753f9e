import { exposures } from '../exposure/exposure';
import type { ExpectedInterpreter } from '../interpreter/expected-interpreter';
import { launcherFor } from '../plan/launcher';
import { secretUses } from '../settings/secrets';
import type { ServeSettings } from '../settings/serve-settings';
import type { HelperPool } from '../target/local/fork-server/helper-pool';
import { forkServerRequest } from '../target/local/fork-server/fork-server-request';
import type { BentoSources } from './bento-sources';
import type { LaunchContext } from './launch-context';

export interface StartAheadParts {
  readonly sources: Pick<BentoSources, 'environmentFor' | 'usersOwnSettings'>;
  readonly platform: NodeJS.Platform;
  readonly helpers: () => Promise<Pick<HelperPool, 'startAhead'>>;
}

/**
 * Starts the helper and the fork server that a serve will probably need before its interpreter is checked, unless the user
 * has to be asked something first. `cancel` ends them, unless a serve has acquired them. Never rejects.
 */
export async function startAhead(
  { sources, platform, helpers }: StartAheadParts,
  { bento, settings, fileVariables }: Omit<LaunchContext, 'env' | 'interpreter'>,
  interpreter: ExpectedInterpreter,
  cancel: AbortSignal,
): Promise<void> {
  if (settings.target !== 'local' || mayAsk(settings)) return;
  if (exposures(settings, sources.usersOwnSettings(bento)).length > 0) return;
  const launcher = launcherFor(settings.launcher, platform);
  const forkServer = forkServerRequest({ bento, settings, interpreter, platform, launcher });
  if ('without' in forkServer) return;
  try {
    const env = await sources.environmentFor(bento, settings, interpreter, fileVariables);
    const request = { folder: bento.folder, python: interpreter.path, env, forkServer };
    const pool = await helpers();
    if (cancel.aborted) return;
    const forkServerLimitMs = settings.startTimeout * 1000;
    await pool.startAhead({ ...request, forkServerLimitMs }, cancel);
  } catch {
    // The serve itself reports what is wrong.
  }
}

/** Whether the user may be asked for a secret or for the password of a key. */
const mayAsk = ({ env, http, grpc }: ServeSettings): boolean =>
  secretUses(env).length > 0 || [http.tls, grpc.tls].some(({ keyFile }) => keyFile !== undefined);
