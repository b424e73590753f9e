import type { Problem, ProblemAction } from '../../core/model';

/** Returns the actions for a problem: those that the problem names, or else those for its code. */
export function nextSteps({ code, actions }: Problem): readonly ProblemAction[] {
  if (actions !== undefined) return actions;
  switch (code) {
    case 'no-bentoml':
      return ['install', 'selectInterpreter'];
    case 'no-python':
    case 'unsupported-version':
      return ['selectInterpreter'];
    case 'import-failed':
    case 'crashed':
    case 'grpc-unavailable':
      return ['install', 'openFile'];
    case 'port-in-use':
      return ['serveOnFreePort', 'openSettings'];
    case 'settings':
    case 'start-timeout':
    case 'unknown-runner':
    case 'missing-runner':
    case 'tls':
      return ['openFile', 'enterVariable', 'openSettings'];
    case 'untrusted':
      return ['manageTrust'];
    case 'debugger':
    case 'profile':
    case 'stacks':
    case 'cancelled':
    case 'not-found':
    case 'store':
    case 'engine-not-found':
    case 'engine-too-old':
    case 'engine-denied':
    case 'engine-unreachable':
    case 'engine-failed':
    case 'engine-conflict':
    case 'engine-rejected':
    case 'no-context':
    case 'no-capacity':
    case 'image-unavailable':
    case 'image-missing':
    case 'build-failed':
    case 'push-failed':
    case 'registry-denied':
    case 'registry-unreachable':
    case 'no-space':
    case 'not-ready':
    case 'unresponsive':
      return [];
  }
}
