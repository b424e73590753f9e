import type { CertificateWatch } from '../../tls/certificate-watch';
import { cancelled } from '../../problem';
import type { ServedComponents } from './served-components';
import { waitUntilReady } from './wait-until-ready';

export interface RestartParts {
  readonly components: Pick<ServedComponents, 'all' | 'get' | 'canRenew' | 'renew'>;
  readonly certificates: Pick<CertificateWatch, 'restarted'> | undefined;
  /** Runs work with a signal that aborts after the time that a start may take. */
  readonly withinStartTimeout: (work: (until: AbortSignal) => Promise<unknown>) => Promise<unknown>;
}

/**
 * Replaces the workers of a component beside those that serve where that is possible, and else restarts it. Resolves
 * when it is ready again, and with it those that depend on it and were ready before.
 */
export async function restartComponent(
  { components, certificates, withinStartTimeout }: RestartParts,
  id: string,
  cancel: AbortSignal,
): Promise<void> {
  if (components.canRenew(id)) {
    const { oldEnded } = await components.renew([id], cancel);
    await certificates?.restarted(id);
    await oldEnded;
    return;
  }
  const { supervisor } = components.get(id);
  const affected = components.all.filter(
    ({ component, supervisor: { state } }) =>
      component.planned.dependsOn.includes(id) && state === 'ready',
  );
  supervisor.restart();
  await waitUntilReady(supervisor, cancel);
  await certificates?.restarted(id);
  // What does not recover says so on its own row: the restart itself has succeeded.
  await withinStartTimeout((until) =>
    Promise.allSettled(affected.map((one) => waitUntilReady(one.supervisor, until))),
  );
  if (cancel.aborted) throw cancelled();
}
