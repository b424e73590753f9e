import type { Problem } from '../../../model';
import { stableAfterMs, type RestartPolicy } from './restart-policy';
import { withDeath, type Deaths } from './worker-deaths';

/** The life of one component: a pure function of state and event; whoever holds the state carries out the effects. */
export type Lifecycle =
  | { readonly state: 'stopped' }
  | {
      readonly state: 'starting';
      readonly policy: RestartPolicy;
      /** It was ready before: what ends it now is a crash, not a failed start. */
      readonly again: boolean;
      readonly deaths?: Deaths;
    }
  | { readonly state: 'ready'; readonly policy: RestartPolicy; readonly since: number }
  | {
      readonly state: 'unhealthy';
      readonly policy: RestartPolicy;
      readonly problem: Problem;
      readonly deaths?: Deaths;
    }
  | { readonly state: 'backingOff'; readonly policy: RestartPolicy; readonly problem: Problem }
  | { readonly state: 'stopping'; readonly then: AfterStop; readonly forced: boolean }
  | { readonly state: 'failed'; readonly problem: Problem };

/** What a stop leads to: rest, the failure that caused it, or the start that was asked for meanwhile. */
export type AfterStop =
  | { readonly to: 'stopped' }
  | { readonly to: 'failed'; readonly problem: Problem }
  /** With a policy, nobody asked for it: it is a restart that counts. */
  | { readonly to: 'starting'; readonly policy?: RestartPolicy };

export type LifecycleEvent =
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  | { readonly type: 'restart' }
  /** The probes say it is ready, and what it depends on is. */
  | { readonly type: 'healthy' }
  /** `atOnce`: also while it starts. */
  | { readonly type: 'unhealthy'; readonly problem: Problem; readonly atOnce: boolean }
  /** A worker ended unasked; `alive` of its siblings are left. */
  | { readonly type: 'workerExited'; readonly problem: Problem; readonly alive: number }
  /** A worker ended that BentoML's arbiter starts again by itself. */
  | { readonly type: 'workerReplaced'; readonly problem: Problem }
  /** It does not respond, and is to be restarted for that. */
  | { readonly type: 'hung'; readonly problem: Problem }
  | { readonly type: 'startFailed'; readonly problem: Problem }
  | { readonly type: 'deadline'; readonly problem: Problem }
  | { readonly type: 'backoffElapsed' }
  /** New workers serve instead of the old ones. */
  | { readonly type: 'renewed' }
  /** Of what was stopped, no process is left. */
  | { readonly type: 'gone' };

export type LifecycleEffect =
  /** Start the workers that are missing, and the start deadline. */
  | { readonly do: 'launch' }
  /** Start the workers that are missing after a wait, while siblings serve on. */
  | { readonly do: 'replaceAfter'; readonly delayMs: number }
  | { readonly do: 'backOff'; readonly delayMs: number }
  | { readonly do: 'terminate' }
  | { readonly do: 'kill' };

export interface Transition {
  readonly next: Lifecycle;
  readonly effects: readonly LifecycleEffect[];
}

export const stopped: Lifecycle = { state: 'stopped' };

export function transition(
  current: Lifecycle,
  event: LifecycleEvent,
  now: number,
  fresh: RestartPolicy,
): Transition {
  switch (event.type) {
    case 'start':
      return start(current, fresh);
    case 'stop':
      return stop(current);
    case 'restart':
      return restart(current, fresh);
    case 'healthy':
      return healthy(current, now);
    case 'unhealthy':
      return unhealthy(current, event, now, fresh);
    case 'workerExited':
      return workerExited(current, event, now, fresh);
    case 'workerReplaced':
      return workerReplaced(current, event.problem, now);
    case 'hung':
      return hung(current, event.problem, now, fresh);
    case 'startFailed':
    case 'deadline':
      return current.state === 'starting'
        ? end({ to: 'failed', problem: event.problem }, 'terminate')
        : stay(current);
    case 'backoffElapsed':
      return current.state === 'backingOff' ? launch(current.policy, true) : stay(current);
    case 'renewed':
      return renewed(current, now, fresh);
    case 'gone':
      return current.state === 'stopping' ? after(current.then, fresh) : stay(current);
  }
}

const stay = (current: Lifecycle): Transition => ({ next: current, effects: [] });

const launch = (policy: RestartPolicy, again: boolean): Transition => ({
  next: { state: 'starting', policy, again },
  effects: [{ do: 'launch' }],
});

const end = (then: AfterStop, effect: 'terminate' | 'kill'): Transition => ({
  next: { state: 'stopping', then, forced: effect === 'kill' },
  effects: [{ do: effect }],
});

function start(current: Lifecycle, fresh: RestartPolicy): Transition {
  switch (current.state) {
    case 'stopped':
    case 'failed':
      return launch(fresh, false);
    case 'backingOff':
      // Asked for by a person: no more waiting, and the crashes before it are forgotten.
      return launch(fresh, true);
    case 'stopping':
      return { next: { ...current, then: { to: 'starting' } }, effects: [] };
    case 'starting':
    case 'ready':
    case 'unhealthy':
      return stay(current);
  }
}

function stop(current: Lifecycle): Transition {
  switch (current.state) {
    case 'stopped':
      return stay(current);
    case 'failed':
      return { next: stopped, effects: [] };
    case 'stopping':
      return current.forced
        ? { next: { ...current, then: { to: 'stopped' } }, effects: [] }
        : end({ to: 'stopped' }, 'kill');
    case 'starting':
    case 'ready':
    case 'unhealthy':
    case 'backingOff':
      return end({ to: 'stopped' }, 'terminate');
  }
}

function restart(current: Lifecycle, fresh: RestartPolicy): Transition {
  switch (current.state) {
    case 'stopped':
    case 'failed':
      return launch(fresh, false);
    case 'stopping':
      return { next: { ...current, then: { to: 'starting' } }, effects: [] };
    case 'starting':
    case 'ready':
    case 'unhealthy':
    case 'backingOff':
      return end({ to: 'starting' }, 'terminate');
  }
}

/** What crashed before are others. */
function renewed(current: Lifecycle, now: number, fresh: RestartPolicy): Transition {
  switch (current.state) {
    case 'ready':
      return { next: { ...current, policy: fresh, since: now }, effects: [] };
    case 'starting':
    case 'unhealthy':
      return { next: { ...current, policy: fresh }, effects: [] };
    case 'backingOff':
      // Nothing has to be started any more; whether it is ready is for the probes to say.
      return launch(fresh, false);
    case 'stopped':
    case 'stopping':
    case 'failed':
      return stay(current);
  }
}

function healthy(current: Lifecycle, now: number): Transition {
  return current.state === 'starting' || current.state === 'unhealthy'
    ? { next: { state: 'ready', policy: current.policy, since: now }, effects: [] }
    : stay(current);
}

function unhealthy(
  current: Lifecycle,
  { problem, atOnce }: { readonly problem: Problem; readonly atOnce: boolean },
  now: number,
  fresh: RestartPolicy,
): Transition {
  switch (current.state) {
    case 'starting':
      return atOnce
        ? { next: { state: 'unhealthy', policy: current.policy, problem }, effects: [] }
        : stay(current);
    case 'ready':
      return {
        next: { state: 'unhealthy', policy: policyOf(current, now, fresh), problem },
        effects: [],
      };
    case 'unhealthy':
      return { next: { ...current, problem }, effects: [] };
    case 'stopped':
    case 'backingOff':
    case 'stopping':
    case 'failed':
      return stay(current);
  }
}

function workerExited(
  current: Lifecycle,
  event: { readonly problem: Problem; readonly alive: number },
  now: number,
  fresh: RestartPolicy,
): Transition {
  switch (current.state) {
    case 'stopped':
    case 'failed':
    case 'stopping':
    case 'backingOff':
      return stay(current);
    case 'starting':
      // A start that fails is deterministic: shown, not tried again.
      if (!current.again) return end({ to: 'failed', problem: event.problem }, 'terminate');
      return replace(current, event, current.policy, now);
    case 'ready':
    case 'unhealthy':
      return replace(current, event, policyOf(current, now, fresh), now);
  }
}

/** An arbiter never gives up on a worker that cannot start: that is for us to see. */
function workerReplaced(current: Lifecycle, problem: Problem, now: number): Transition {
  if (current.state !== 'starting' && current.state !== 'unhealthy') return stay(current);
  const deaths = withDeath(current.deaths, problem, now);
  return deaths.tooMany
    ? end({ to: 'failed', problem: deaths.first }, 'terminate')
    : { next: { ...current, deaths }, effects: [] };
}

function hung(current: Lifecycle, problem: Problem, now: number, fresh: RestartPolicy): Transition {
  if (current.state !== 'ready' && current.state !== 'unhealthy') return stay(current);
  // The stop takes its time, so there is nothing else to wait for.
  const step = policyOf(current, now, fresh).next(now);
  return step === undefined
    ? end({ to: 'failed', problem }, 'terminate')
    : end({ to: 'starting', policy: step.policy }, 'terminate');
}

/** Long enough ready, its earlier crashes are forgotten. */
const policyOf = (
  current: Extract<Lifecycle, { state: 'ready' | 'unhealthy' }>,
  now: number,
  fresh: RestartPolicy,
): RestartPolicy =>
  current.state === 'ready' && now - current.since >= stableAfterMs ? fresh : current.policy;

function replace(
  current: Extract<Lifecycle, { policy: RestartPolicy }>,
  { problem, alive }: { readonly problem: Problem; readonly alive: number },
  policy: RestartPolicy,
  now: number,
): Transition {
  const step = policy.next(now);
  if (step === undefined) return end({ to: 'failed', problem }, 'terminate');
  const { delayMs } = step;
  return alive > 0
    ? {
        next: { ...current, policy: step.policy },
        effects: [{ do: 'replaceAfter', delayMs }],
      }
    : {
        next: { state: 'backingOff', policy: step.policy, problem },
        effects: [{ do: 'backOff', delayMs }],
      };
}

function after(then: AfterStop, fresh: RestartPolicy): Transition {
  switch (then.to) {
    case 'stopped':
      return { next: stopped, effects: [] };
    case 'failed':
      return { next: { state: 'failed', problem: then.problem }, effects: [] };
    case 'starting':
      return then.policy === undefined ? launch(fresh, false) : launch(then.policy, true);
  }
}
