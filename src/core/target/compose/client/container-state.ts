import { say, type Argument } from '../../../messages/message';
import type { ComponentState } from '../../../model';
import type { Container } from './container';

/** What the row of a component or container shows. */
export interface EngineState {
  readonly state: ComponentState;
  /** Why it is not ready, in words. */
  readonly reason?: Argument;
}

/** The code of a program that a SIGTERM has ended, as Docker reports it. */
const terminated = 143;
const killed = 137;

/** The state of a container, in the terms that hold for processes of this machine. */
export function containerState(container: Container): EngineState {
  switch (container.status) {
    case 'created':
      return container.error === undefined
        ? { state: 'starting', reason: say('containerCreated') }
        : { state: 'failed', reason: container.error };
    case 'running':
      return runningState(container);
    case 'paused':
      return { state: 'unhealthy', reason: say('containerPaused') };
    case 'restarting':
      return { state: 'backingOff', reason: exitReason(container) };
    case 'removing':
      return { state: 'stopping' };
    case 'exited':
      return isStopped(container)
        ? { state: 'stopped' }
        : { state: 'failed', reason: exitReason(container) };
    case 'dead':
      return { state: 'failed', reason: say('containerNotRemoved') };
  }
}

function runningState({ health }: Container): EngineState {
  switch (health?.status) {
    case 'healthy':
      return { state: 'ready' };
    case 'unhealthy':
      return {
        state: 'unhealthy',
        reason:
          health.answer === undefined
            ? say('containerCheckFails')
            : say('containerCheckSays', { answer: health.answer }),
      };
    case 'starting':
      return health.answer === undefined
        ? { state: 'starting' }
        : { state: 'starting', reason: say('containerCheckSays', { answer: health.answer }) };
    case undefined:
      // Running is not ready.
      return { state: 'starting', reason: say('containerUnchecked') };
  }
}

/** It has ended because somebody asked for it: whoever did restarts it. */
const isStopped = ({ exitCode, isOutOfMemory, error }: Container): boolean =>
  !isOutOfMemory && error === undefined && (exitCode === 0 || exitCode === terminated);

function exitReason({ exitCode, isOutOfMemory, error }: Container): Argument {
  if (isOutOfMemory) return say('containerOutOfMemory');
  if (error !== undefined) return error;
  if (exitCode === undefined) return say('exitUnknown');
  return exitCode === killed ? say('exitKilled') : say('exitCode', { code: exitCode });
}

/** From what needs attention most to what needs none. */
const severity: readonly ComponentState[] = [
  'failed',
  'backingOff',
  'unhealthy',
  'starting',
  'stopping',
  'stopped',
  'ready',
];

/** The state of a component: that of its container in the worst state. One without containers is stopped. */
export function componentState(containers: readonly Container[]): EngineState {
  const states = containers.map(containerState);
  for (const state of severity) {
    const found = states.find((one) => one.state === state);
    if (found !== undefined) return found;
  }
  return { state: 'stopped' };
}
