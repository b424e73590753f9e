import type { OneTimeChoices } from '../bento-manager';
import type { RunningBento } from '../target/running-bento';

/** Returns the choices for a restart: the components that are debugged now are debugged again, from their start. */
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
      // Components that the code adds are debugged too.
      ...(debugged.length === ids.length ? {} : { components: debugged }),
      // An attach does not change the number of workers.
      workers: before === undefined ? 'all' : (before.workers ?? 'one'),
    },
  };
}
