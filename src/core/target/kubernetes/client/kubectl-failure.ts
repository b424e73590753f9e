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
import { lastCause } from '../../last-cause';
import type { ClusterPlace } from './kubectl-program';

interface Pattern {
  readonly pattern: RegExp;
  readonly failure: (match: RegExpExecArray, place: ClusterPlace) => EngineFailure;
}

const patterns: readonly Pattern[] = [
  {
    pattern:
      /context "?[^"\n]*"? does not exist|cannot locate context|context was not found for specified context/,
    failure: (_, { context }) => ({
      code: 'no-context',
      message: say('noContext', { context }),
      summary: say('noContextSummary', { context }),
    }),
  },
  {
    pattern: /^error: error loading config file "([^"]*)": (.*)$/m,
    failure: ([, file = '', reason = '']) => ({
      code: 'no-context',
      message: say('kubeconfigUnreadable', { file, reason: oneLine(reason, 130) }),
    }),
  },
  {
    pattern:
      /You must be logged in to the server|the server has asked for the client to provide credentials|\(Unauthorized\)/,
    failure: (_, { context }) => notLoggedIn(context, say('clusterRejectsCredentials')),
  },
  {
    pattern: /getting credentials: (?:exec: )?([^\n"]*)/,
    failure: ([, reason = ''], { context }) => notLoggedIn(context, lastCause(reason)),
  },
  {
    pattern: /exceeded quota: ([^,\n]+), requested: ([^\n]*)/,
    failure: ([, quota = '', amounts = '']) => {
      const facts = { quota, amounts: oneLine(`requested: ${amounts}`, 150) };
      return {
        code: 'no-capacity',
        message: say('quotaExceeded', facts),
        summary: say('quotaExceededSummary', facts),
      };
    },
  },
  {
    pattern: /\(Forbidden\): [^\n]*?(?:User "([^"]*)" )?cannot (\w+) resource "([^"]*)"/,
    failure: ([, user = '', verb = '', resource = ''], { namespace }) => {
      const facts = { user, access: `${verb} ${resource}`, namespace };
      return {
        code: 'engine-denied',
        message: say('clusterDenies', facts),
        summary: say('clusterDeniesSummary', facts),
      };
    },
  },
  {
    pattern: /namespaces "([^"]*)" not found/,
    failure: ([, namespace = ''], { context }) => ({
      code: 'no-context',
      message: say('noNamespace', { namespace, context }),
      summary: say('noNamespaceSummary', { namespace }),
    }),
  },
  {
    pattern: /Apply failed with \d+ conflicts?: conflicts? with "([^"]*)"[^:]*:?\s*([^\n]*)/,
    failure: ([, manager = '', field = '']) => {
      const facts = { manager, field: oneLine(field.replace(/^- /, ''), 120) };
      return {
        code: 'engine-rejected',
        message: say('applyConflict', facts),
        summary: say('applyConflictSummary', facts),
      };
    },
  },
  {
    pattern: /^The (\w+) "([^"]*)" is invalid: (?:\* )?([^\n]*)/m,
    failure: ([, kind = '', name = '', reason = '']) =>
      rejected(`${kind} ${name}`, oneLine(reason, 150)),
  },
  {
    pattern: /admission webhook "([^"]*)" denied the request: ?([^\n]*)/,
    failure: ([, policy = '', reason = '']) => {
      const facts = { policy, reason: oneLine(reason, 150) };
      return {
        code: 'engine-rejected',
        message: say('policyForbids', facts),
        summary: say('policyForbidsSummary', facts),
      };
    },
  },
  {
    pattern: /unable to listen on (?:port|any of the requested ports: \[\{)\D*(\d+)/i,
    failure: ([, port = '']) => portInUse(port),
  },
  {
    pattern:
      /The connection to the server \S+ was refused|Unable to connect to the server|connection refused|no such host|i\/o timeout|TLS handshake timeout|no route to host|network is unreachable|connection reset by peer|x509: |unexpected EOF|client connection lost|connection timed out|context deadline exceeded|lost connection to pod/i,
    failure: ({ input }, { context }) => unreachable(context, connectionReason(input)),
  },
  {
    pattern: /Error from server \((?:ServiceUnavailable|InternalError|Timeout|TooManyRequests)\)/,
    failure: ({ input }, { context }) => unreachable(context, lastLine(input)),
  },
];

/** Explains in one sentence why kubectl failed. Keeps its standard error as the detail. */
export function kubectlFailure(place: ClusterPlace, run: FailedRun, timeoutMs = 0): Problem {
  return engineProblem(failureOf(place, run, timeoutMs), run);
}

function failureOf(place: ClusterPlace, run: FailedRun, timeoutMs: number): EngineFailure {
  const program = 'kubectl';
  if (run.startError !== undefined) {
    const reason = reasonOf({ code: run.startError, message: run.startError });
    return { code: 'engine-failed', message: say('engineProgramNotRun', { program, reason }) };
  }
  if (run.timedOut) {
    const seconds = Math.round(timeoutMs / 1_000);
    return unreachable(place.context, say('engineSilent', { seconds }));
  }
  const said = withoutLog(run.stderr);
  for (const { pattern, failure } of patterns) {
    const match = pattern.exec(said);
    if (match !== null) return failure(match, place);
  }
  return unknownFailure(program, lastLine(said));
}

const notLoggedIn = (context: string, reason: Argument): EngineFailure => ({
  code: 'engine-denied',
  message: say('clusterLogin', { context, reason }),
  summary: say('clusterLoginSummary', { context, reason }),
});

const rejected = (what: string, reason: string): EngineFailure => ({
  code: 'engine-rejected',
  message: say('applyRejected', { what, reason }),
  summary: say('applyRejectedSummary', { what, reason }),
});

const unreachable = (context: string, reason: Argument): EngineFailure => ({
  code: 'engine-unreachable',
  message: say('clusterUnreachable', { context, reason }),
  summary: reason,
});

function connectionReason(stderr: string): Argument {
  if (/refused/.test(stderr)) return say('connectionRefused');
  if (/no such host/.test(stderr)) return say('engineHostUnknown');
  const certificate = /x509: ([^\n]*)/.exec(stderr)?.[1];
  if (certificate !== undefined) {
    return say('clusterCertificate', { reason: oneLine(certificate, 130) });
  }
  if (/EOF|connection reset|connection lost|lost connection/i.test(stderr)) {
    return say('engineConnectionClosed');
  }
  if (/timeout|timed out|deadline exceeded/i.test(stderr)) return say('clusterSilent');
  return say('clusterNoRoute');
}

/** Removes the lines of kubectl's log, unless it has printed nothing else. */
function withoutLog(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => !/^[EWIF]\d{4} /.test(line));
  const rest = lines.join('\n');
  return rest.trim() === '' ? stderr : rest;
}

const lastLine = (stderr: string): Argument =>
  reasonIn(stderr, /^(?:Error from server(?: \(\w+\))?|error): /i);
