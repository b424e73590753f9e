import { explain } from '../causes/explain';
import { grpcPackages, type CauseContext } from '../causes/known-causes';
import { pipInstall } from '../causes/pip-install';
import type { Problem, ProblemCode } from '../model';

/** What belongs to importing; other causes say by themselves what failed. */
const importing: readonly ProblemCode[] = ['import-failed', 'grpc-unavailable'];

/** Why the service could not be imported or deployed, from what its code raised. `doing`: "Importing". */
export function importFailure(traceback: string, doing: string, context: CauseContext): Problem {
  const { reference } = context;
  const cause = explain(traceback, context);
  if (cause === undefined) {
    return {
      code: 'import-failed',
      message: `${doing} ${reference} failed: see the log for what Python said.`,
      detail: traceback,
    };
  }
  const { text, place, install, variable, raised } = cause;
  const code = cause.code === 'crashed' ? 'import-failed' : cause.code;
  const isRefusal = !cause.known && /^_?bentoml/.test(raised.type);
  const sentence = cause.known
    ? `${importing.includes(code) ? `${doing} ${reference} failed: ` : ''}${text}.`
    : isRefusal && place === undefined
      ? `BentoML cannot serve ${reference}: ${text}. Correct that and serve again.`
      : `${doing} ${reference} failed with ${text}. Correct that and serve again.`;
  return {
    code,
    message: sentence,
    detail: traceback,
    ...(place === undefined ? {} : { location: { file: place.path, line: place.line } }),
    ...(install === undefined ? {} : { install }),
    ...(variable === undefined ? {} : { variable }),
  };
}

/** Why gRPC cannot be served, from what importing its `module` raised. */
export function grpcFailure(traceback: string, module: string, context: CauseContext): Problem {
  const cause = explain(traceback, context);
  const isGrpc = cause?.code === 'grpc-unavailable';
  const install = isGrpc ? cause.install : ['bentoml[grpc]', ...grpcPackages];
  const text = isGrpc
    ? cause.text
    : `${module} cannot be imported (${cause?.text ?? 'see the log'}): run ${pipInstall(context.python, install ?? [])}`;
  return {
    code: 'grpc-unavailable',
    message: `gRPC cannot be served, because ${text} and serve again.`,
    detail: traceback,
    ...(install === undefined ? {} : { install }),
  };
}
