import type { BentoManager } from '../../core/bento-manager';
import type { Clock } from '../../core/clock';

/** VS Code gives 5 s; what is left then ends with the extension host. */
const politeMs = 3_500;
const limitMs = 4_500;

/** Stops everything on this machine in the time that a closing window has: gracefully, then by force. Never throws. */
export async function endAll(manager: BentoManager, clock: Clock): Promise<void> {
  let limit: { dispose(): void } | undefined;
  const late = new Promise<void>((resolve) => {
    limit = clock.after(limitMs, resolve);
  });
  const stopped = manager.leave().catch(() => undefined);
  // The second call forces.
  const force = clock.after(politeMs, () => void manager.leave().catch(() => undefined));
  await Promise.race([stopped, late]);
  force.dispose();
  limit?.dispose();
}
