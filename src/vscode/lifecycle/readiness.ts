import type { Bento, Component } from '../../core/model';

export interface Readiness {
  readonly ready: number;
  readonly total: number;
}

/**
 * How many components are ready, of those that can be served at all.
 * @param paused the ids of those that are stopped at a breakpoint, which do not answer
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
