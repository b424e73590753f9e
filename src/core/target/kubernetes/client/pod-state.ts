import { say, type Argument } from '../../../messages/message';
import { oneLine } from '../../../one-line';
import { lastCause } from '../../last-cause';
import type { WorkloadState } from '../../workload-state';
import type { ContainerStatus, EndedContainer, PodCondition, PodJson } from './pod';
import { unschedulable } from './unschedulable';

/** Returns the state of a pod, in the same terms as for processes of this machine. */
export function podState(pod: PodJson): WorkloadState {
  if (pod.deletedAt !== undefined) return { state: 'stopping' };
  switch (pod.phase) {
    case 'Succeeded':
      return { state: 'stopped' };
    case 'Failed':
      return { state: 'failed', reason: failedReason(pod) };
    case 'Unknown':
      return { state: 'unhealthy', reason: nodeLost(pod.node) };
    case 'Pending':
    case 'Running':
      return notScheduled(pod) ?? containersState(pod);
  }
}

function failedReason({ reason, message, containers }: PodJson): Argument {
  const cause = lastCause(message ?? '');
  if (reason === 'Evicted') return say('podEvicted', { reason: cause });
  if (cause !== '') return cause;
  const ended = containers.find((one) => one.ended !== undefined)?.ended;
  return ended === undefined ? say('exitUnknown') : exit(ended);
}

function notScheduled({ node, conditions }: PodJson): WorkloadState | undefined {
  if (node !== undefined) return undefined;
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status !== 'False') return { state: 'starting', reason: say('podNotScheduled') };
  return scheduled.reason === 'Unschedulable'
    ? { state: 'unhealthy', reason: unschedulable(scheduled.message ?? '') }
    : { state: 'starting', reason: say('podNotScheduled') };
}

/** A pod is as far as its slowest container; those of before the start come first. */
function containersState(pod: PodJson): WorkloadState {
  const { initContainers, containers, conditions } = pod;
  for (const container of [...initContainers, ...containers]) {
    const trouble = containerTrouble(container, initContainers.includes(container));
    if (trouble !== undefined) return trouble;
  }
  const condition = (wanted: string): PodCondition | undefined =>
    conditions.find(({ type }) => type === wanted);
  const ready = condition('Ready');
  if (ready?.status === 'True') return { state: 'ready' };
  // The control plane changes only this condition when it does not hear from the node.
  const isLost = ready?.status === 'Unknown' || ready?.reason === undefined;
  if (ready !== undefined && isLost && condition('ContainersReady')?.status === 'True') {
    return { state: 'unhealthy', reason: nodeLost(pod.node) };
  }
  const slow = containers.find((one) => !one.ready);
  if (slow?.running === undefined) return { state: 'starting' };
  if (slow.started === false) return { state: 'starting', ...restarted(slow) };
  // A container that was ready is unhealthy. One that has started only now has not been checked yet.
  const changed = Date.parse(ready?.changedAt ?? '');
  const wasReady = changed > Date.parse(slow.running.startedAt) + 1_000;
  return wasReady
    ? { state: 'unhealthy', reason: say('podCheckFails') }
    : { state: 'starting', ...restarted(slow) };
}

const imageReasons = new Set([
  ...['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'],
  ...['ImageInspectError', 'RegistryUnavailable', 'SignatureValidationFailed'],
]);

function containerTrouble(container: ContainerStatus, isInit: boolean): WorkloadState | undefined {
  const { waiting, ended } = container;
  if (ended !== undefined) {
    // Init containers must end.
    if (isInit && ended.exitCode === 0) return undefined;
    return { state: 'backingOff', reason: exit(ended) };
  }
  if (waiting === undefined) return undefined;
  const { reason, message } = waiting;
  if (imageReasons.has(reason)) {
    const image = oneLine(container.image, 150);
    const facts = { image, reason: imageReason(reason, message, image) };
    return {
      state: reason === 'ImagePullBackOff' ? 'backingOff' : 'unhealthy',
      reason: say('podImage', facts),
    };
  }
  switch (reason) {
    case 'CrashLoopBackOff': {
      const last = container.endedBefore;
      return { state: 'backingOff', reason: last === undefined ? say('exitUnknown') : exit(last) };
    }
    case 'CreateContainerConfigError':
      return { state: 'unhealthy', reason: configReason(message) };
    case 'CreateContainerError':
    case 'RunContainerError':
    case 'StartError':
      return { state: 'unhealthy', reason: say('podNotCreated', { reason: lastCause(message) }) };
    default:
      return undefined;
  }
}

/** Old kubelets give no cause while they wait to pull again. */
function imageReason(reason: string, explanation: string, image: string): Argument {
  if (reason === 'InvalidImageName') return say('podImageName');
  if (reason === 'ErrImageNeverPull') return say('podImageNeverPull');
  if (/not found|manifest unknown|does not exist/i.test(explanation))
    return say('podImageNotFound');
  if (/unauthorized|denied|forbidden|authentication required|no basic auth/i.test(explanation)) {
    return say('podImageDenied');
  }
  const cause = explanation.replace(/^Back-off pulling image "[^"]*"(?:: )?/, '');
  return cause === '' || cause === image ? say('podImageNoReason') : lastCause(cause);
}

function configReason(explanation: string): Argument {
  const key = /couldn't find key (\S+) in (Secret|ConfigMap) (?:[^\s/]+\/)?(\S+)/i.exec(
    explanation,
  );
  if (key !== null) {
    const [, name = '', kind = '', object = ''] = key;
    return say('podNoKey', { object: `${kind} ${object}`, key: name });
  }
  const missing = /(secret|configmap) "([^"]+)" not found/i.exec(explanation);
  if (missing !== null) {
    const [, kind = '', name = ''] = missing;
    return say('podNoObject', {
      object: `${/secret/i.test(kind) ? 'Secret' : 'ConfigMap'} ${name}`,
    });
  }
  return say('podNotCreated', { reason: lastCause(explanation) });
}

/** Tells why a container that starts again has ended before. */
function restarted({ restartCount, endedBefore }: ContainerStatus): Pick<WorkloadState, 'reason'> {
  if (restartCount === 0 || endedBefore === undefined) return {};
  return { reason: say('podRestarted', { exit: exit(endedBefore) }) };
}

const killed = 137;

function exit({ exitCode, reason, message }: EndedContainer): Argument {
  if (reason === 'OOMKilled') return say('containerOutOfMemory');
  if (reason === 'ContainerCannotRun' || reason === 'StartError') {
    return say('podNotCreated', { reason: lastCause(message ?? '') });
  }
  return exitCode === killed ? say('exitKilled') : say('exitCode', { code: exitCode });
}

export const nodeLost = (node = '?'): Argument => say('podNodeLost', { node: oneLine(node, 100) });
