import type { ProblemCode } from '../model';
import { ServeError } from '../problem';
import type { Candidate } from './candidates';
import { neededBentoml, neededPython } from './supported-versions';

/** Why an interpreter cannot serve; the next step may need to know which one. */
export class InterpreterError extends ServeError {
  /** The absolute path, as the interpreter itself tells it where it could. */
  readonly interpreter: string | undefined;

  /** `what`: what is wrong, a sentence without its full stop; `next`: what to do about it. */
  constructor(
    code: ProblemCode,
    what: string,
    next: string,
    interpreter?: string,
    detail?: string,
  ) {
    super({
      code,
      message: `${what}. ${next}`,
      summary: what,
      setting: 'serveBento.pythonPath',
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
  why: string,
  detail?: string,
): InterpreterError =>
  new InterpreterError(
    'no-python',
    `The Python interpreter ${path} (${origin}) ${why}`,
    'Select another interpreter.',
    path,
    detail,
  );

export const tooOld = (candidate: Candidate, version: string): InterpreterError =>
  unusable(candidate, `is Python ${version}, and ${neededPython} is needed`);

export const noBentoml = ({ path, origin }: Candidate, version: string): InterpreterError =>
  new InterpreterError(
    'no-bentoml',
    `BentoML is not installed in ${path} (Python ${version}, ${origin})`,
    'Install BentoML there or select another interpreter.',
    path,
  );

export const unsupportedBentoml = ({ path, origin }: Candidate, found: string): InterpreterError =>
  new InterpreterError(
    'unsupported-version',
    `BentoML ${found} in ${path} (${origin}) is not supported: ${neededBentoml} is needed`,
    'Install such a version there or select another interpreter.',
    path,
  );

export const notOnPath = (command: string, origin: string): InterpreterError =>
  new InterpreterError(
    'no-python',
    `The command ${command} of ${origin} is not on the path`,
    'Correct the setting or select an interpreter.',
  );

export const noInterpreter = (folder: string): InterpreterError =>
  new InterpreterError(
    'no-python',
    `No Python interpreter was found for ${folder}: there is no .venv or venv, no active environment, and no python3 or python on the path`,
    `Install Python ${neededPython} or select an interpreter.`,
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
