import type { Bento, Component } from '../../core/model';

export interface Readiness {
  readonly ready: number;
  readonly total: number;
}

/** How many components are ready, of those that can be served at all. */
export function readiness({ components }: Pick<Bento, 'components'>): Readiness {
  const able = components.filter(({ problem }) => problem?.code !== 'grpc-unavailable');
  return {
    ready: able.filter(({ state }) => state === 'ready').length,
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
