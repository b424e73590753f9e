import type { Disposable } from '../../core/events';
import type { OutputHistory } from '../../core/logs/output-history';

/** The history so far, then all that follows: nothing twice, nothing lost. */
export function follow(
  output: OutputHistory,
  replay: (text: string) => void,
  append: (text: string) => void,
): Disposable {
  const history = output.text();
  const subscription = output.onDidAppend(append);
  if (history !== '') replay(history);
  return subscription;
}
