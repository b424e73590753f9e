import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dependencyOrder } from '../../../src/core/plan/dependency-order';
import { check } from '../../support/properties';

const graph = fc
  .integer({ min: 1, max: 12 })
  .chain((size) =>
    fc
      .array(fc.array(fc.nat(size + 1), { maxLength: 4 }), { minLength: size, maxLength: size })
      .map((edges) => edges.map((to, id) => ({ id: String(id), dependsOn: to.map(String) }))),
  );

describe('the order of components', () => {
  it('has each of them once, whatever they depend on', () => {
    const property = fc.property(graph, (components) => {
      const all = dependencyOrder(components).flat();
      expect(all.map(({ id }) => id).sort()).toEqual(components.map(({ id }) => id).sort());
    });
    check(property, 500);
  });

  it('has dependencies first, where there is no circle', () => {
    const property = fc.property(graph, (components) => {
      const straight = components.map(({ id, dependsOn }) => ({
        id,
        dependsOn: dependsOn.filter((other) => Number(other) > Number(id)),
      }));
      const order = dependencyOrder(straight);
      const waveOf = new Map(order.flatMap((wave, at) => wave.map(({ id }) => [id, at] as const)));
      for (const { id, dependsOn } of straight) {
        for (const other of dependsOn) {
          expect(waveOf.get(other) ?? -1).toBeLessThan(waveOf.get(id) ?? -1);
        }
      }
    });
    check(property, 500);
  });
});
