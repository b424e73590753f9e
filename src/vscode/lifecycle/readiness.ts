import type { Bento, Component } from '../../core/model';

export interface Readiness {
  readonly ready: number;
  readonly total: number;
}

/**
 * Counts the ready components among those that can be served.
 * @param paused the ids of components that are stopped at a breakpoint and do not answer
 */
export function readiness(
  { components }: Pick<Bento, 'components'>,
  paused: readonly string[] = [],
): Readiness {
  const able = components.filter(({ problem }) => problem?.code !== 'grpc-unavailable');
  return {
    ready: able.filter(({ id, state }) => state === 'ready' && !paused.includes(id)).length,
    total: able.length,
  };
}

/** Between the click on serve and the end of stop. */
export const isServed = ({ state }: Pick<Bento, 'state'>): boolean =>
  state !== 'stopped' && state !== 'failed';

/** What "Open in Browser" of a bento means. */
export const httpComponent = (components: readonly Component[]): Component | undefined =>
  components.find(({ kind }) => kind === 'http') ?? components.find(({ url }) => url !== undefined);

export const needsAttention = ({ state }: Pick<Component, 'state'>): boolean =>
  state === 'unhealthy' || state === 'failed';
