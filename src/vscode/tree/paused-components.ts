import type { BentoReader } from '../../core/bento-manager';
import type { Bento } from '../../core/model';

/** The ids of a bento's components that are stopped at a breakpoint. */
export const pausedComponents = (
  manager: Pick<BentoReader, 'details'>,
  { id, components }: Pick<Bento, 'id' | 'components'>,
): readonly string[] =>
  components
    .map((component) => component.id)
    .filter((component) => manager.details(id, component)?.debugging === 'paused');
