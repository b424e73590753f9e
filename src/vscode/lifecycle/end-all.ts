import type { BentoManager } from '../../core/bento-manager';
import type { Clock } from '../../core/clock';

/** VS Code gives 5 s; what is left then ends with the extension host. */
const politeMs = 3_500;
const limitMs = 4_500;

/** Stops everything that runs on this machine within the time a closing window has: graceful, then forced. Never throws. */
export async function endAll(manager: BentoManager, clock: Clock): Promise<void> {
  let limit: { dispose(): void } | undefined;
  const late = new Promise<void>((resolve) => {
    limit = clock.after(limitMs, resolve);
  });
  const stopped = manager.leave().catch(() => undefined);
  // A second one forces.
  const force = clock.after(politeMs, () => void manager.leave().catch(() => undefined));
  await Promise.race([stopped, late]);
  force.dispose();
  limit?.dispose();
}
