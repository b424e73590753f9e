import { cancelled, problemOf, ServeError } from '../../problem';
import type { ComponentSupervisor } from './supervise/component-supervisor';

/** New workers serve. */
export interface Renewed {
  /** Resolves when the old ones have finished what they had, or were ended after the grace period. */
  readonly oldEnded: Promise<unknown>;
}

/**
 * New workers for all of these components, or for none; resolves when they serve. See `ComponentSupervisor.renew`.
 * @throws ServeError why one of them has none; what serves goes on.
 */
export async function renewTogether(
  components: readonly Pick<ComponentSupervisor, 'renew'>[],
  cancel: AbortSignal,
): Promise<Renewed> {
  const failed = new AbortController();
  const signal = AbortSignal.any([cancel, failed.signal]);
  const tries = await Promise.allSettled(
    components.map(async (one) => {
      try {
        return await one.renew(signal);
      } catch (error) {
        failed.abort();
        throw error;
      }
    }),
  );
  const renewals = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const reasons = [
    ...tries.flatMap((one) => (one.status === 'rejected' ? [problemOf(one.reason)] : [])),
    ...renewals.flatMap((renewal) => renewal.failure() ?? []),
  ];
  if (reasons.length > 0 || cancel.aborted) {
    await Promise.all(renewals.map((renewal) => renewal.abandon()));
    // Those that were cancelled for it say nothing.
    const reason = reasons.find(({ code }) => code !== 'cancelled');
    throw reason === undefined ? cancelled() : new ServeError(reason);
  }
  return { oldEnded: Promise.all(renewals.map((renewal) => renewal.commit())) };
}
