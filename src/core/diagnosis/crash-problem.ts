import { exitMessage, type ExitStatus } from '../programs/exit-status';
import type { RecentOutput } from '../logs/recent-output';
import type { Problem, ProblemCode } from '../model';
import { explain, type Explained } from './explain';
import { at, type CauseContext } from './explanation';
import { suddenEnd } from './sudden-end';
import { problemTexts, say } from '../messages/message';

/** In UTF-16 units: enough for the deepest traceback people write. */
const longestDetail = 20_000;

/** Programs may tell these apart; the others are crashes to them. */
const telling: readonly ProblemCode[] = ['port-in-use', 'missing-runner', 'settings'];

/** Why a process ended, as far as its last words tell. */
export function crashProblem(
  name: string,
  status: ExitStatus,
  said: ReturnType<RecentOutput['take']>,
  context: CauseContext,
): Problem {
  const detail = said.all.slice(-longestDetail);
  const cause = status.signal === null ? causeOf(said.streams, context) : undefined;
  if (cause === undefined) {
    const { how, place } = suddenEnd(status, said.all, context);
    return {
      code: 'crashed',
      subject: name,
      ...problemTexts(say('crashed', { name, how, place: at({ ...(place && { place }) }) })),
      detail,
      ...(place === undefined ? {} : { location: { file: place.path, line: place.line } }),
      ...(status.code === null ? {} : { exitCode: status.code }),
    };
  }
  const how = exitMessage(status);
  const { code, text, advice, known, place, install, variable, setting } = cause;
  return {
    code: telling.includes(code) ? code : 'crashed',
    subject: name,
    ...problemTexts(
      known
        ? say('crashedKnown', { name, how, cause: text, advice })
        : say('crashedBecause', { name, how, cause: text }),
      text,
    ),
    detail,
    ...(place === undefined ? {} : { location: { file: place.path, line: place.line } }),
    ...(setting === undefined ? {} : { setting }),
    ...(install === undefined ? {} : { install }),
    ...(variable === undefined ? {} : { variable }),
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
