import type { ProblemCode } from '../model';
import { ServeError } from '../problem';
import type { Candidate } from './candidates';
import { problemTexts, say, type Message } from '../messages/message';

/** Why an interpreter cannot serve; the next step may need to know which one. */
export class InterpreterError extends ServeError {
  /** The absolute path, as the interpreter itself tells it where it could. */
  readonly interpreter: string | undefined;

  constructor(
    code: ProblemCode,
    texts: ReturnType<typeof problemTexts>,
    interpreter?: string,
    detail?: string,
  ) {
    super({
      ...{ code, ...texts, setting: 'serveBento.pythonPath' },
      ...(detail !== undefined && { detail }),
    });
    this.interpreter = interpreter;
  }
}

/** The interpreter that cannot serve, also when the error was wrapped. */
export function interpreterOf(thrown: unknown): string | undefined {
  if (thrown instanceof InterpreterError) return thrown.interpreter;
  return thrown instanceof Error && thrown.cause !== undefined
    ? interpreterOf(thrown.cause)
    : undefined;
}

/** `why` completes "/usr/bin/python3 …". */
export const unusable = (
  { path, origin }: Candidate,
  why: Message,
  detail?: string,
): InterpreterError =>
  new InterpreterError(
    'no-python',
    problemTexts(
      say('interpreterUnusable', { python: path, origin, why }),
      say('interpreterUnusableSummary', { python: path, origin, why }),
    ),
    path,
    detail,
  );

export const tooOld = (candidate: Candidate, version: string): InterpreterError =>
  unusable(candidate, say('pythonTooOld', { version, needed: say('neededPython') }));

export const noBentoml = ({ path, origin }: Candidate, version: string): InterpreterError =>
  new InterpreterError(
    'no-bentoml',
    problemTexts(
      say('bentomlMissing', { python: path, version, origin }),
      say('bentomlMissingSummary', { python: path, version, origin }),
    ),
    path,
  );

export const unsupportedBentoml = ({ path, origin }: Candidate, found: string): InterpreterError =>
  new InterpreterError(
    'unsupported-version',
    problemTexts(
      say('bentomlUnsupported', {
        version: found,
        python: path,
        origin,
        needed: say('neededBentoml'),
      }),
      say('bentomlUnsupportedSummary', {
        version: found,
        python: path,
        origin,
        needed: say('neededBentoml'),
      }),
    ),
    path,
  );

export const notOnPath = (command: string, origin: Message): InterpreterError =>
  new InterpreterError(
    'no-python',
    problemTexts(
      say('commandNotOnPath', { command, origin }),
      say('commandNotOnPathSummary', { command, origin }),
    ),
  );

export const noInterpreter = (folder: string): InterpreterError =>
  new InterpreterError(
    'no-python',
    problemTexts(
      say('noInterpreter', { folder, needed: say('neededPython') }),
      say('noInterpreterSummary', { folder }),
    ),
  );

const telling: readonly ProblemCode[] = ['unsupported-version', 'no-bentoml', 'no-python'];

/** Of several the one that is nearest to serving, the first of equals. */
export function nearest(errors: readonly InterpreterError[]): InterpreterError | undefined {
  for (const code of telling) {
    const found = errors.find((error) => error.code === code);
    if (found !== undefined) return found;
  }
  return undefined;
}
