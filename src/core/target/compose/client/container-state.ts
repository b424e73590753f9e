import { say, type Argument } from '../../../messages/message';
import type { ComponentState } from '../../../model';
import type { Container } from './container';

/** The state that the row of a component or container shows. */
export interface EngineState {
  readonly state: ComponentState;
  /** The reason why it is not ready. */
  readonly reason?: Argument;
}

/** The exit codes that Docker reports after SIGTERM and SIGKILL. */
const terminated = 143;
const killed = 137;

/** Returns the state of a container, in the same terms as for processes of this machine. */
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
      // A running container is not necessarily ready.
      return { state: 'starting', reason: say('containerUnchecked') };
  }
}

/** Whether the container was stopped on request. */
const isStopped = ({ exitCode, isOutOfMemory, error }: Container): boolean =>
  !isOutOfMemory && error === undefined && (exitCode === 0 || exitCode === terminated);

function exitReason({ exitCode, isOutOfMemory, error }: Container): Argument {
  if (isOutOfMemory) return say('containerOutOfMemory');
  if (error !== undefined) return error;
  if (exitCode === undefined) return say('exitUnknown');
  return exitCode === killed ? say('exitKilled') : say('exitCode', { code: exitCode });
}

/** States, worst first. */
const severity: readonly ComponentState[] = [
  'failed',
  'backingOff',
  'unhealthy',
  'starting',
  'stopping',
  'stopped',
  'ready',
];

/** Returns the state of the component's worst container. A component without containers is stopped. */
export function componentState(containers: readonly Container[]): EngineState {
  const states = containers.map(containerState);
  for (const state of severity) {
    const found = states.find((one) => one.state === state);
    if (found !== undefined) return found;
  }
  return { state: 'stopped' };
}
