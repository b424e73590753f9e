import { problemTexts, say, type Message } from '../messages/message';
import type { Problem } from '../model';
import type { HelperDebugger } from '../target/local/helper/helper-messages';
import type { DebuggedWorker } from './debugged-worker';

/** `name` is the name of the session of the worker. */
type Subject = Pick<DebuggedWorker, 'component' | 'name'>;

/** Why a worker could not attach, as its own report says it. */
export function attachProblem(
  subject: Subject,
  { code, message }: NonNullable<HelperDebugger['failure']>,
): Problem {
  return { ...debuggerProblem(subject, reasons[code] ?? 'debuggerNotAttached'), detail: message };
}

const reasons: Readonly<Record<string, DebuggerProblem>> = {
  'no-debugpy': 'debuggerNotImported',
  'already-debugged': 'debuggedAlready',
  gone: 'endedBeforeDebugger',
};

/** Messages whose only argument is the name of the worker. */
export type DebuggerProblem =
  | 'debuggerNotImported'
  | 'debuggedAlready'
  | 'debuggerNotAttached'
  | 'debuggerLate'
  | 'helperSilent'
  | 'notDebuggable'
  | 'endedBeforeDebugger';

export function debuggerProblem({ component, name }: Subject, key: DebuggerProblem): Problem {
  const message: Message = say(key, { name });
  return { code: 'debugger', component, subject: name, ...problemTexts(message) };
}
