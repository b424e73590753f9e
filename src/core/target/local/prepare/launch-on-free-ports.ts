import type { Log } from '../../../log';
import type { PortAllocator, StolenPort } from '../ports/port-allocator';
import { ServeError } from '../../../problem';
import type { ServedComponent } from '../served-components';

export interface PortAttempts {
  readonly cancel: AbortSignal;
  readonly log: Pick<Log, 'warn'>;
  /** Leases ports and makes what listens on them. */
  readonly reserve: () => Promise<void>;
  /** Resolves when everything is ready. */
  readonly launch: () => Promise<void>;
  /** The port that another program has taken, if that is why the launch failed. */
  readonly stolen: () => Promise<StolenPort | undefined>;
  /** Undoes `reserve` and `launch`. */
  readonly takeDown: () => Promise<void>;
}

const mostAttempts = 3;

/**
 * Launches, and tries other ports when another program takes one between our release and the server's bind. A
 * configured port is tried once.
 * @throws ServeError why it cannot be launched.
 */
export async function launchOnFreePorts(attempts: PortAttempts): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await attempts.reserve();
    try {
      return await attempts.launch();
    } catch (error) {
      if (attempts.cancel.aborted) throw error;
      const stolen = await attempts.stolen();
      if (stolen === undefined) throw error;
      if (!stolen.automatic || attempt >= mostAttempts) throw new ServeError(stolen.problem);
      attempts.log.warn(`${stolen.problem.message} Trying another one.`);
      await attempts.takeDown();
    }
  }
}

/** Why a server failed that binds its port itself: between our release and its bind, any program can take it. */
export async function stolenPort(
  components: readonly ServedComponent[],
  allocator: Pick<PortAllocator, 'stolen'>,
): Promise<StolenPort | undefined> {
  for (const { component, supervisor } of components) {
    if (supervisor.state !== 'failed') continue;
    for (const use of component.releasedAtLaunch) {
      const stolen = await allocator.stolen(use, supervisor.problem);
      if (stolen !== undefined) return stolen;
    }
  }
  return undefined;
}
