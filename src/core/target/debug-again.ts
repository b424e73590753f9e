import type { DebugChoice } from '../debug/debug-choice';
import type { RunningBento } from './running-bento';

/**
 * What the components that come next are debugged with: as those that run now.
 * @param before what those were started with
 */
export function debugAgain(
  before: DebugChoice | undefined,
  { debugger: own, components }: Pick<RunningBento, 'debugger' | 'components'>,
): DebugChoice | undefined {
  // Nothing has been started with it yet.
  if (components.length === 0) return before;
  const ids = components.map(({ id }) => id);
  const debugged = ids.filter((id) => own?.isDebugging(id));
  const options = own?.options;
  if (options === undefined || debugged.length === 0) return undefined;
  return {
    ...options,
    // What the code adds is debugged, too.
    ...(debugged.length === ids.length ? {} : { components: debugged }),
    // An attach has left the number of workers as it is.
    workers: before === undefined ? 'all' : (before.workers ?? 'one'),
  };
}
