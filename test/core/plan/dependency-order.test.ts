import { describe, expect, it } from 'vitest';
import { dependencyOrder, stopOrder } from '../../../src/core/plan/dependency-order';

const component = (
  id: string,
  ...dependsOn: string[]
): { readonly id: string; readonly dependsOn: readonly string[] } => ({ id, dependsOn });
const ids = (
  waves: readonly (readonly { readonly id: string }[])[],
): readonly (readonly string[])[] => waves.map((wave) => wave.map(({ id }) => id));

describe('the order of components', () => {
  const diamond = [
    component('http', 'left', 'right'),
    component('left', 'base'),
    component('right', 'base'),
    component('base'),
  ];

  it('starts what is called first', () => {
    expect(ids(dependencyOrder(diamond))).toEqual([['base'], ['left', 'right'], ['http']]);
  });

  it('stops who calls first', () => {
    expect(ids(stopOrder(diamond))).toEqual([['http'], ['left', 'right'], ['base']]);
  });

  it('does not wait for what is not there', () => {
    expect(ids(dependencyOrder([component('http', 'gone')]))).toEqual([['http']]);
  });

  it('starts a cycle together, before what depends on it', () => {
    const cycle = [component('top', 'a'), component('a', 'b'), component('b', 'a')];
    expect(ids(dependencyOrder(cycle))).toEqual([['a', 'b'], ['top']]);
    expect(ids(dependencyOrder([component('self', 'self')]))).toEqual([['self']]);
  });

  it('of nothing is nothing', () => {
    expect(dependencyOrder([])).toEqual([]);
  });
});
