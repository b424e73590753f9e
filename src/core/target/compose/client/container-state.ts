import { say, type Argument } from '../../../messages/message';
import { worstState, type WorkloadState } from '../../workload-state';
import type { Container } from './container';

/** The exit codes that Docker reports after SIGTERM and SIGKILL. */
const terminated = 143;
const killed = 137;

/** Returns the state of a container, in the same terms as for processes of this machine. */
export function containerState(container: Container): WorkloadState {
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

function runningState({ health }: Container): WorkloadState {
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

/** Returns the state of the component's worst container. A component without containers is stopped. */
export const componentState = (containers: readonly Container[]): WorkloadState =>
  worstState(containers.map(containerState));
