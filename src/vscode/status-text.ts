import type { Bento } from '../core/model';
import { readyCount } from './tree-items';

export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
  readonly warning: boolean;
}

/** Of the window's served bentos: how many components are ready. Nothing when nothing is served. */
export function statusText(bentos: readonly Bento[]): StatusText | undefined {
  const served = bentos.filter(({ state }) => state !== 'stopped' && state !== 'failed');
  if (served.length === 0) return undefined;
  const components = served.flatMap((bento) => bento.components);
  const count = readyCount(components);
  const troubled = troubledCount(served);
  return {
    text: count === undefined ? '$(loading~spin) Bento' : `$(package) Bento ${count}`,
    tooltip: served.map(({ name, state }) => `${name}: ${state}`).join('\n'),
    warning: troubled > 0,
  };
}

/** Components that need a look, for the badge of the view. */
export function troubledCount(bentos: readonly Bento[]): number {
  const states = bentos.flatMap(({ components }) => components.map(({ state }) => state));
  return states.filter((state) => ['unhealthy', 'backingOff', 'failed'].includes(state)).length;
}
