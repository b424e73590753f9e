import type { Clock } from '../../clock';
import { problemTexts, say, type Argument } from '../../messages/message';
import type { ProblemCode } from '../../model';
import { cancelled, ServeError } from '../../problem';
import type { AppliedComponent } from '../target';
import type { AppliedDeployments } from './applied-deployments';

export interface ReadyLimits {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The time after which the start has failed. */
  readonly seconds: number;
}

/** The number of restarts after which a pod counts as failed. */
const maxRestarts = 3;
/** A cluster can be wrong for a moment, such as about a Secret that was created just now. */
const patienceMs = 10_000;

/** Reasons that do not end by themselves. */
const permanentReasons: Readonly<Record<string, ProblemCode>> = {
  podImage: 'image-unavailable',
  podNoObject: 'engine-rejected',
  podNoKey: 'engine-rejected',
  podNotCreated: 'engine-rejected',
  podQuota: 'no-capacity',
  podRejected: 'engine-rejected',
};

/** Reasons that can end by themselves, such as when a cluster adds a node. */
const temporaryReasons: Readonly<Record<string, ProblemCode>> = {
  podNoRoom: 'no-capacity',
  podNoNode: 'no-capacity',
  podNoNodes: 'no-capacity',
};

/**
 * Resolves when every component is ready.
 * @param generations the applied versions of the Deployments
 * @throws ServeError that says which component is not ready, and why
 */
export async function untilReady(
  applied: AppliedDeployments,
  generations: ReadonlyMap<string, number>,
  { clock, signal, seconds }: ReadyLimits,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  let stuckSince: { readonly text: string; readonly at: number } | undefined;
  const check = (): void => {
    const { components } = applied.state;
    if (applied.isUpdated(generations) && components.every(({ state }) => state === 'ready')) {
      resolve(undefined);
      return;
    }
    const crashed = components.find(keepsEnding);
    if (crashed !== undefined) {
      reject(crashError(crashed));
      return;
    }
    const stuck = components.find((one) => codeIn(permanentReasons, one) !== undefined);
    const text = JSON.stringify([stuck?.id, stuck?.reason]);
    if (stuck === undefined) stuckSince = undefined;
    else if (stuckSince?.text !== text) stuckSince = { text, at: clock.now() };
    else if (clock.now() - stuckSince.at >= patienceMs) reject(stuckError(stuck));
  };
  const onAbort = (): void => reject(cancelled());
  const late = clock.after(1_000 * seconds, () => reject(lateError(applied)));
  // What does not change is not reported again.
  let again = clock.after(1_000, function tick() {
    check();
    again = clock.after(1_000, tick);
  });
  const watching = applied.onDidChange(check);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  check();
  try {
    await promise;
  } finally {
    watching.dispose();
    late.dispose();
    again.dispose();
    signal.removeEventListener('abort', onAbort);
  }
}

const keepsEnding = ({ state, workers }: AppliedComponent): boolean =>
  state !== 'ready' &&
  workers.some((one) => one.state !== 'ready' && one.restarts >= maxRestarts && !isImage(one));

const isImage = ({ reason }: { readonly reason?: Argument }): boolean =>
  typeof reason === 'object' && reason.key === 'podImage';

function codeIn(
  codes: Readonly<Record<string, ProblemCode>>,
  { reason }: Pick<AppliedComponent, 'reason'>,
): ProblemCode | undefined {
  return typeof reason === 'object' && Object.hasOwn(codes, reason.key)
    ? codes[reason.key]
    : undefined;
}

function crashError({ id, workers }: AppliedComponent): ServeError {
  const pod = workers.find((one) => one.state !== 'ready' && one.restarts >= maxRestarts);
  const facts = { component: pod?.name ?? id, reason: pod?.reason ?? say('exitUnknown') };
  return new ServeError({
    ...{ code: 'crashed', component: id, subject: pod?.name ?? id },
    ...problemTexts(say('containerKeepsEnding', facts), say('containerKeepsEndingSummary', facts)),
  });
}

function stuckError(component: AppliedComponent): ServeError {
  const { id, reason = say('podStarts') } = component;
  const code =
    codeIn(permanentReasons, component) ?? codeIn(temporaryReasons, component) ?? 'start-timeout';
  const facts = { component: id, reason };
  const message =
    code === 'no-capacity'
      ? say('podUnschedulable', facts)
      : code === 'image-unavailable'
        ? say('podImageUnavailable', facts)
        : say('podNotReady', facts);
  return new ServeError({ code, component: id, ...problemTexts(message, reason) });
}

function lateError({ state: { components, unknown } }: AppliedDeployments): ServeError {
  if (unknown !== undefined) return new ServeError(unknown.problem);
  const late = components.find(({ state }) => state !== 'ready') ?? components[0];
  return stuckError(late ?? { id: '?', state: 'stopped', workers: [] });
}
