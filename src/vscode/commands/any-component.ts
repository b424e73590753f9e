import type { BentoManager } from '../../core/bento-manager';
import type { Bento, Component } from '../../core/model';

/** Whether some component of some bento suits. */
export const anyComponent = (
  { bentos }: Pick<BentoManager, 'bentos'>,
  suits: (bento: Bento, component: Component) => boolean,
): boolean => bentos.some((bento) => bento.components.some((one) => suits(bento, one)));
