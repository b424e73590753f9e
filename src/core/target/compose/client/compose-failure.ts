import { say, type Argument } from '../../../messages/message';
import { oneLine } from '../../../one-line';
import { reasonOf } from '../../../system-error';
import type { Problem } from '../../../model';
import {
  engineProblem,
  portInUse,
  reasonIn,
  unknownFailure,
  type EngineFailure,
  type FailedRun,
} from '../../engine-failure';
import type { ComposeProgram } from './compose-program';

/** The output of a failed program, and how it ended. */
export type FailedCompose = FailedRun & {
  /** The image that was requested. Otherwise it is found in the output. */
  readonly image?: string;
};

interface Pattern {
  readonly pattern: RegExp;
  readonly failure: (match: RegExpExecArray, program: string, image?: string) => EngineFailure;
}

/** Errors of programs that cannot connect to the engine. */
const connection: readonly Pattern[] = [
  {
    pattern: /permission denied while trying to connect|: connect: permission denied/i,
    failure: (_, program) => ({
      code: 'engine-denied',
      message: say('engineDenied', { program }),
      summary: say('engineDeniedSummary'),
    }),
  },
  {
    pattern:
      /cannot connect to the docker daemon|failed to connect to the docker api|is the docker daemon running|error during connect|unable to connect to podman|cannot connect to podman|cannot access containerd socket|docker desktop is unable to start|unexpected EOF/i,
    failure: ({ input }, program) => unreachable(program, connectionReason(input)),
  },
];

/** Errors that the engine returns. */
const answers: readonly Pattern[] = [
  {
    pattern: /no space left on device|disk quota exceeded/i,
    failure: () => ({
      code: 'no-space',
      message: say('engineNoSpace'),
      summary: say('noSpace'),
    }),
  },
  {
    pattern:
      /(?:bind for |listen tcp[46]? |exposing port tcp )(\S+):(\d+)\b[^\n]*(?:port is already allocated|address already in use|ports are not available|access permissions)/i,
    failure: ([, , port = '']) => portInUse(port),
  },
  {
    pattern: /could not select device driver|nvidia-container-cli|unresolvable CDI devices/i,
    failure: (_, program) => ({
      code: 'engine-failed',
      message: say('engineNoGpu', { program }),
      summary: say('engineNoGpuSummary'),
    }),
  },
  {
    pattern: /dependency failed to start: container (\S+) exited \((-?\d+)\)/i,
    failure: ([, container = '', code = '']) => ({
      code: 'crashed',
      message: say('containerExited', { container, code }),
      summary: say('containerExitedSummary', { container, code }),
    }),
  },
  {
    pattern:
      /(?:dependency failed to start: )?container (\S+) (?:is unhealthy|has no healthcheck)/i,
    failure: ([, container = '']) => ({
      code: 'start-timeout',
      message: say('containerUnhealthy', { container }),
      summary: say('containerUnhealthySummary', { container }),
    }),
  },
  {
    pattern:
      /^\s*(?:Image|Service) \S+ +Building\s*$(?![^]*(?: Built\s*$|^\s*Container ))|failed to solve:/im,
    failure: ({ input }) => {
      const reason = lastLine(input);
      return {
        code: 'engine-failed',
        message: say('imageNotBuilt', { reason }),
        summary: say('imageNotBuiltSummary', { reason }),
      };
    },
  },
  {
    pattern:
      /no such image|pull access denied|manifest (?:unknown|for )|repository does not exist|get "https?:\/\/[^"]+\/v2\/|failed to resolve reference|toomanyrequests|unauthorized: |requested access to the resource is denied|initializing source docker:|no matching manifest/i,
    failure: ({ input }, _, image) => {
      const facts = { image: image ?? imageIn(input), reason: lastLine(input) };
      return {
        code: 'image-unavailable',
        message: say('imageUnavailable', facts),
        summary: say('imageUnavailableSummary', facts),
      };
    },
  },
];

/** Explains in one sentence why a program failed. Keeps its standard error as the detail. */
export function composeFailure(
  { title }: Pick<ComposeProgram, 'title'>,
  run: FailedCompose,
  timeoutMs?: number,
): Problem {
  return engineProblem(failureOf(title, run, timeoutMs), run);
}

function failureOf(
  program: string,
  { stderr, timedOut, startError, image }: FailedCompose,
  timeoutMs = 0,
): EngineFailure {
  if (startError !== undefined) {
    const reason = reasonOf({ code: startError, message: startError });
    return {
      code: 'engine-failed',
      message: say('engineProgramNotRun', { program, reason }),
      summary: reason,
    };
  }
  if (timedOut) {
    return unreachable(program, say('engineSilent', { seconds: Math.round(timeoutMs / 1_000) }));
  }
  const isAnswer = /error response from daemon/i.test(stderr);
  for (const { pattern, failure } of isAnswer ? answers : [...connection, ...answers]) {
    const match = pattern.exec(stderr);
    if (match !== null) return failure(match, program, image);
  }
  return unknownFailure(program, lastLine(stderr));
}

const unreachable = (program: string, reason: Argument): EngineFailure => ({
  code: 'engine-unreachable',
  message: say('engineUnreachable', { program, reason }),
  summary: reason,
});

function connectionReason(stderr: string): Argument {
  if (/connection refused/i.test(stderr)) return say('connectionRefused');
  if (/no such file or directory/i.test(stderr)) return say('noSocket');
  if (/unexpected EOF/i.test(stderr)) return say('engineConnectionClosed');
  const host = /could not resolve host(?:name)? ([^\s:]+)|no such host/i.exec(stderr);
  if (host !== null) return say('engineHostUnknown');
  // Without the address, which is the one that the user has chosen.
  return say('engineNotRunning');
}

/** Finds the image in an error: `Image search:1 Error …` of Compose, or `No such image: search:1` of the engine. */
const imageIn = (stderr: string): string =>
  oneLine(
    /no such image: (\S+)/i.exec(stderr)?.[1] ??
      /^\s*(?:Image )?(\S+) Error\b/m.exec(stderr)?.[1] ??
      /pull access denied for ([^\s,]+)/i.exec(stderr)?.[1] ??
      '?',
    150,
  );

const lastLine = (stderr: string): Argument =>
  reasonIn(stderr, /^(?:Error response from daemon|error|fatal): /i);
