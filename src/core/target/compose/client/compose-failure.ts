import { problemTexts, say, type Argument, type Message } from '../../../messages/message';
import { oneLine } from '../../../one-line';
import type { RunResult } from '../../../programs/run';
import { reasonOf } from '../../../system-error';
import type { Problem, ProblemCode } from '../../../model';
import { lastCause } from '../../last-cause';
import type { ComposeProgram } from './compose-program';

/** The output of a failed program, and how it ended. */
export type FailedRun = Pick<RunResult, 'stderr' | 'timedOut' | 'startError'>;

interface Failure {
  readonly code: ProblemCode;
  readonly message: Message;
  readonly summary?: Argument;
  readonly port?: number;
}

interface Pattern {
  readonly pattern: RegExp;
  readonly failure: (match: RegExpExecArray, program: string) => Failure;
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
    failure: ([, , port = '']) => ({
      code: 'port-in-use',
      message: say('enginePortInUse', { port }),
      summary: say('enginePortInUseSummary', { port }),
      port: Number(port),
    }),
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
    failure: ({ input }) => {
      const facts = { image: imageIn(input), reason: lastLine(input) };
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
  run: FailedRun,
  timeoutMs?: number,
): Problem {
  const { code, message, summary, port } = failureOf(title, run, timeoutMs);
  const detail = run.stderr.trim().slice(-4_000);
  return {
    code,
    ...problemTexts(message, summary),
    ...(port === undefined ? {} : { port }),
    ...(detail === '' ? {} : { detail }),
  };
}

function failureOf(
  program: string,
  { stderr, timedOut, startError }: FailedRun,
  timeoutMs = 0,
): Failure {
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
    if (match !== null) return failure(match, program);
  }
  const reason = lastLine(stderr);
  return {
    code: 'engine-failed',
    message: say('engineFailed', { program, reason }),
    summary: say('engineFailedSummary', { program, reason }),
  };
}

const unreachable = (program: string, reason: Argument): Failure => ({
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

/** Returns the reason: programs print it last, after their progress. */
function lastLine(stderr: string): Argument {
  const last = stderr.split('\n').findLast((line) => line.trim() !== '') ?? '';
  const reason = oneLine(last.replace(/^(?:Error response from daemon|error|fatal): /i, ''), 2_000);
  return reason === '' ? say('engineNoReason') : lastCause(reason).replace(/\.$/, '');
}
