import { say, type Argument, type Message } from '../../messages/message';
import type { Problem, ProblemCode } from '../../model';
import type { RunResult } from '../../programs/run';
import { composeFailure } from '../compose/client/compose-failure';
import { engineProblem, reasonIn, type EngineFailure } from '../engine-failure';
import { isSilent } from './image-tool';
import { hostOf } from './registry-names';

export interface PushFacts {
  /** `docker`, as typed in a terminal. */
  readonly program: string;
  readonly registry: string;
  readonly image: string;
  readonly timeoutMs: number;
}

interface Facts {
  readonly program: string;
  readonly registry: string;
  readonly host: string;
  readonly image: string;
  readonly reason: ReturnType<typeof reasonIn>;
}

interface Pattern {
  readonly pattern: RegExp;
  readonly code: ProblemCode;
  /** The setting that the message names. */
  readonly setting?: string;
  readonly message: (facts: Facts) => Message;
  readonly summary: (facts: Facts) => Message;
}

/** Error output of registries and programs. The first pattern that matches decides. */
const patterns: readonly Pattern[] = [
  {
    pattern: /server gave http response to https client/i,
    code: 'registry-unreachable',
    message: ({ host, program }) => say('registryPlainHttp', { host, program }),
    summary: ({ host }) => say('registryPlainHttpSummary', { host }),
  },
  {
    pattern: /x509:|certificate (?:signed by|verify failed|has expired|is not trusted)|tls: /i,
    code: 'registry-unreachable',
    message: ({ host, program, reason }) => say('registryCertificate', { host, program, reason }),
    summary: ({ host, reason }) => say('registryCertificateSummary', { host, reason }),
  },
  {
    pattern: /no space left on device|disk quota exceeded|insufficient storage|quota .*exceeded/i,
    code: 'no-space',
    message: (facts) => say('registryNoSpace', facts),
    summary: ({ host }) => say('registryNoSpaceSummary', { host }),
  },
  {
    pattern:
      /\bdenied\b|unauthorized|authentication required|no basic auth credentials|insufficient_scope|authorization failed|40[13] (?:unauthorized|forbidden)|status:? 40[13]\b/i,
    code: 'registry-denied',
    message: (facts) => say('registryDenied', facts),
    summary: ({ host, reason }) => say('registryDeniedSummary', { host, reason }),
  },
  {
    pattern:
      /connection refused|no such host|i\/o timeout|network is unreachable|no route to host|handshake timeout|deadline exceeded|connection reset|server misbehaving|name resolution|request canceled while waiting|\bEOF\b|50[0234] [A-Z]/i,
    code: 'registry-unreachable',
    setting: 'serveBento.registry',
    message: ({ host, reason }) => say('registryUnreachable', { host, reason }),
    summary: ({ host, reason }) => say('registryUnreachableSummary', { host, reason }),
  },
];

/** Explains in one sentence why an image was not pushed. Keeps the output of the program as the detail. */
export function pushFailure(
  { program, registry, image, timeoutMs }: PushFacts,
  result: Pick<RunResult, 'stderr' | 'timedOut' | 'startError'>,
): Problem {
  const { stderr, timedOut, startError } = result;
  const engine = composeFailure({ title: program }, { ...result, timedOut: false }, timeoutMs);
  const isOfEngine = isSilent(engine.code) && !/\/v2\/|pinging container registry/.test(stderr);
  if (startError !== undefined || isOfEngine) return engine;
  const reason = timedOut
    ? say('engineSilent', { seconds: Math.round(timeoutMs / 1_000) })
    : reasonIn(stderr, /^(?:Error response from daemon|error|fatal): /i);
  const facts = { program, registry, image, host: hostOf(registry), reason };
  const found = timedOut ? undefined : patterns.find(({ pattern }) => pattern.test(stderr));
  if (found === undefined) return engineProblem(notPushed(image, reason), result);
  const { pattern: _, message, summary, ...own } = found;
  return engineProblem({ ...own, message: message(facts), summary: summary(facts) }, result);
}

/** The failure for a reason without a code of its own. */
export const notPushed = (image: string, reason: Argument): EngineFailure => ({
  code: 'push-failed',
  message: say('pushFailed', { image, reason }),
  summary: say('pushFailedSummary', { reason }),
});
