import { describeExit, type ExitStatus } from '../launch/exit-status';
import type { LastWords } from '../logs/last-words';
import type { Problem, ProblemCode } from '../model';
import { explain, type Explained } from './explain';
import type { CauseContext } from './known-causes';

/** In UTF-16 units: enough for the deepest traceback people write. */
const longestDetail = 20_000;

/** Programs may tell these apart; the others are crashes to them. */
const telling: readonly ProblemCode[] = ['port-in-use', 'missing-runner', 'settings'];

/** Why a process ended, as far as its last words tell. */
export function crashProblem(
  name: string,
  status: ExitStatus,
  said: ReturnType<LastWords['take']>,
  context: CauseContext,
): Problem {
  const detail = said.all.slice(-longestDetail);
  const how = `${name} ${describeExit(status)}`;
  const cause = status.signal === null ? causeOf(said.streams, context) : undefined;
  if (cause === undefined) {
    return { code: 'crashed', message: `${how}: look at its terminal.`, detail };
  }
  const { code, text, place, install, variable } = cause;
  return {
    code: telling.includes(code) ? code : 'crashed',
    message: `${how}: ${text}.`,
    detail,
    ...(place === undefined ? {} : { location: { file: place.path, line: place.line } }),
    ...(install === undefined ? {} : { install }),
    ...(variable === undefined ? {} : { variable }),
    cause: text,
  };
}

/** Lines of two streams come mixed: each is read for itself. */
function causeOf(streams: readonly string[], context: CauseContext): Explained | undefined {
  for (const stream of streams) {
    const found = explain(stream, context);
    if (found !== undefined) return found;
  }
  return undefined;
}
