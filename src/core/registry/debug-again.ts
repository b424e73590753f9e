import type { OneTimeChoices } from '../bento-manager';
import type { RunningBento } from '../target/running-bento';

/** The choices of a restart: what is debugged now is debugged again, from its start. */
export function debugAgain(
  { debug: before, ...others }: OneTimeChoices,
  { debugger: own, components }: Pick<RunningBento, 'debugger' | 'components'>,
): OneTimeChoices {
  const options = own?.options;
  if (options === undefined) return others;
  const ids = components.map(({ component }) => component.planned.id);
  const debugged = ids.filter((id) => own?.isDebugging(id));
  return {
    ...others,
    debug: {
      ...options,
      // What the code adds is debugged, too.
      ...(debugged.length === ids.length ? {} : { components: debugged }),
      // An attach has left the number of workers as it is.
      workers: before === undefined ? 'all' : (before.workers ?? 'one'),
    },
  };
}
