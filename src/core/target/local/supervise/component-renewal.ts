import { afterUnlessHeld } from '../../../deadline';
import type { Problem } from '../../../model';
import { cancelled, problemOf, ServeError } from '../../../problem';
import { EarlyExitError } from '../workers/worker-group';
import { lateRenewal } from './late-start';
import type { LaunchAttempt } from './launch-attempt';
import { seconds } from './seconds';
import type { SupervisedComponent, SupervisorOptions } from './supervised-component';

/** New workers that wait beside those that serve. */
export interface ComponentRenewal {
  /** Why one of them has ended already; nothing while all of them can serve. */
  failure(): Problem | undefined;
  /** They serve from now on. Resolves when the old ones have ended. */
  commit(): Promise<void>;
  /** They are ended, and all stays as it was. */
  abandon(): Promise<void>;
}

/** Stopped components have the new code when they are started again. */
export const nothingToRenew: ComponentRenewal = {
  failure: () => undefined,
  commit: () => Promise.resolve(),
  abandon: () => Promise.resolve(),
};

export interface RenewalParts {
  readonly component: SupervisedComponent;
  readonly options: Pick<
    SupervisorOptions,
    'clock' | 'startTimeoutMs' | 'gracePeriodMs' | 'isDebugging'
  >;
  /** The launch whose workers are replaced: with it, the renewal is over. */
  readonly attempt: LaunchAttempt;
  /** Called when the new workers serve. */
  readonly onCommit: () => void;
}

/**
 * Starts new workers beside those that serve. Resolves when they accept connections.
 * @throws ServeError why there are none; what serves goes on.
 */
export async function renewWorkers(
  { component, options, attempt, onCommit }: RenewalParts,
  cancel: AbortSignal,
): Promise<ComponentRenewal> {
  const { clock, startTimeoutMs, gracePeriodMs, isDebugging } = options;
  const { id, workers, log, crashProblem } = component;
  const own = (problem: Problem): Problem => ({ ...problem, component: id });
  const startedAt = clock.date();
  const from = clock.now();
  const late = new AbortController();
  const limit = afterUnlessHeld(clock, startTimeoutMs, isDebugging, () => late.abort());
  try {
    const until = AbortSignal.any([cancel, late.signal, attempt.over]);
    const renewal = await workers.renew(clock, until);
    return {
      failure: () => {
        const exit = attempt.isOver() ? undefined : renewal.earlyExit;
        return exit && own(crashProblem(exit.process, exit.status));
      },
      abandon: () => renewal.abandon(),
      commit: () => {
        if (attempt.isOver()) return renewal.abandon();
        log.event(`new workers after ${seconds(clock.now() - from)}`);
        attempt.startedAt = startedAt;
        attempt.readyAt = clock.date();
        const done = renewal.commit(gracePeriodMs);
        onCommit();
        return done;
      },
    };
  } catch (error) {
    if (cancel.aborted) throw cancelled();
    if (attempt.isOver()) return nothingToRenew;
    if (error instanceof EarlyExitError) {
      throw new ServeError(own(crashProblem(error.exit.process, error.exit.status)));
    }
    const isLate = late.signal.aborted;
    throw new ServeError(own(isLate ? lateRenewal(component, startTimeoutMs) : problemOf(error)));
  } finally {
    limit.dispose();
  }
}
