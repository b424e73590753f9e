import { explainChain, type Explained } from '../diagnosis/explain';
import { at, plainAdvice, type CauseContext } from '../diagnosis/explanation';
import { grpcPackages } from '../diagnosis/known-causes';
import { pipInstall } from '../diagnosis/packages/pip-install';
import { lastOutput, refusedStart, suddenEnd } from '../diagnosis/sudden-end';
import type { Raised } from '../diagnosis/traceback';
import type { ExitStatus } from '../programs/exit-status';
import { oneLine } from '../one-line';
import type { Problem, ProblemCode } from '../model';
import { problemTexts, say, type Argument, type Message } from '../messages/message';

/** What the planner reports of an exception. */
export interface ReportedException {
  /** As Python prints it. */
  readonly traceback: string;
  /** Its parts, see `lastTraceback`. */
  readonly chain: readonly Raised[];
}

/** What to do once the cause is gone: the bento starts, or it is served and its new code could not be. */
export type Retry = 'serve' | 'save';

/** What the planner did then. */
export type PlannerStep = 'import' | 'deployment';

const longestDetail = 20_000;

/** What belongs to importing; other causes say by themselves what failed. */
const importing: readonly ProblemCode[] = ['import-failed', 'grpc-unavailable', 'no-bentoml'];

/**
 * Why the service could not be imported or deployed, from what its code raised. `stderr`: what
 * it said before.
 */
export function importFailure(
  { traceback, chain }: ReportedException,
  doing: PlannerStep,
  stderr: string,
  context: CauseContext,
  retry: Retry,
): Problem {
  const { reference } = context;
  const cause = explainChain(chain, context);
  if (cause === undefined) {
    return {
      code: 'import-failed',
      ...(doing === 'import'
        ? problemTexts(
            say('importFailedSeeLog', { reference }),
            say('importFailedSummary', { reference }),
          )
        : problemTexts(
            say('deployFailedSeeLog', { reference }),
            say('deployFailedSummary', { reference }),
          )),
      detail: traceback,
    };
  }
  const { place, install, variable, moduleFolder, setting } = cause;
  const code = cause.code === 'crashed' ? 'import-failed' : cause.code;
  const text = causeText(cause, stderr);
  return {
    code,
    ...problemTexts(
      withAdvice(whatFailed(cause, text, doing, reference), cause.advice, retry),
      text,
    ),
    detail: traceback,
    ...(place === undefined ? {} : { location: { file: place.path, line: place.line } }),
    ...(setting === undefined ? {} : { setting }),
    ...(install === undefined ? {} : { install }),
    ...(variable === undefined ? {} : { variable }),
    ...(moduleFolder === undefined ? {} : { moduleFolder }),
  };
}

/** What failed, and why: a sentence without its full stop. */
function whatFailed(
  { known, code, raised, place }: Explained,
  cause: Argument,
  doing: PlannerStep,
  reference: string,
): Argument {
  const failed = say(doing === 'import' ? 'importFailed' : 'deployFailed', { reference, cause });
  if (known) return importing.includes(code) ? failed : cause;
  const isRefusal = /^_?bentoml/.test(raised.type) && place === undefined;
  return isRefusal ? say('bentomlRefuses', { reference, cause }) : failed;
}

/** An exit code says nothing: what was printed before it does. */
function causeText({ text, raised }: Explained, stderr: string): Argument {
  const said = raised.type === 'SystemExit' ? lastOutput(stderr) : undefined;
  return said === undefined ? text : say('causeOutput', { cause: text, output: said });
}

/** After a save, whoever shows the problem says how to try again: see `ServedBento`. */
function withAdvice(what: Argument, advice: Message, retry: Retry): Message {
  if (retry === 'serve') return say('sentenceServeAgain', { what, advice });
  return advice.key === plainAdvice.key
    ? say('sentence', { what })
    : say('sentenceAdvice', { what, advice });
}

/** Why gRPC cannot be served, from what importing its `module` raised. */
export function grpcFailure(
  { traceback, chain }: ReportedException,
  module: string,
  context: CauseContext,
): Problem {
  const cause = explainChain(chain, context);
  const isGrpc = cause?.code === 'grpc-unavailable';
  const install = isGrpc ? cause.install : ['bentoml[grpc]', ...grpcPackages];
  const reason = isGrpc
    ? cause.text
    : say('grpcModule', { module, reason: cause?.text ?? say('seeLog') });
  const advice = isGrpc
    ? cause.advice
    : say('fixRun', { command: pipInstall(context.python, install ?? []) });
  const summary = say('grpcImpossible', { reason });
  return {
    code: 'grpc-unavailable',
    ...problemTexts(say('sentenceServeAgain', { what: summary, advice }), summary),
    detail: traceback,
    ...(install === undefined ? {} : { install }),
  };
}

/** Why Python ended before it had an answer; `file`: what was being imported then. */
export function silentEnd(
  status: ExitStatus,
  said: { readonly stdout: string; readonly stderr: string },
  file: string | undefined,
  context: CauseContext,
  retry: Retry,
): Problem {
  const { python, reference, files } = context;
  const detail = [said.stderr.trim(), said.stdout.trim()].filter((text) => text !== '').join('\n');
  const refused = refusedStart(said.stderr, context);
  if (refused !== undefined) {
    const summary = say('pythonRefused', { python, reason: refused.text });
    return {
      code: 'settings',
      ...(refused.setting === undefined ? {} : { setting: refused.setting }),
      ...problemTexts(withAdvice(summary, refused.advice, retry), summary),
      detail: detail.slice(-longestDetail),
    };
  }
  const end = suddenEnd(status, said.stderr, context);
  const own = file === undefined ? undefined : files.find(file);
  const place = end.place ?? (own && { ...own, line: 1 });
  const shown = end.place === undefined ? (own?.shown ?? file) : undefined;
  const where = shown === undefined ? at({ ...(place && { place }) }) : ` (${oneLine(shown)})`;
  const last = lastOutput(said.stderr);
  const facts = { reference, how: end.how, place: where };
  const summary =
    last === undefined
      ? say('pythonEnded', facts)
      : say('pythonEndedSaying', { ...facts, output: last });
  return {
    code: 'import-failed',
    ...problemTexts(withAdvice(summary, end.advice, retry), summary),
    detail: detail.slice(-longestDetail),
    ...(place === undefined ? {} : { location: { file: place.path, line: place.line } }),
  };
}
