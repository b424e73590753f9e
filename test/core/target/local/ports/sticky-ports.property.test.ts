import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stickyPorts, type Store } from '../../../../../src/core/target/local/ports/sticky-ports';
import { awkwardNames, json } from '../../../../support/hostile';
import { check } from '../../../../support/properties';

const storeOf = (stored: unknown): Store & { readonly values: Map<string, unknown> } => {
  const values = new Map<string, unknown>([['ports', stored]]);
  return {
    values,
    get: (key) => values.get(key),
    // As VS Code does: what is stored is JSON.
    update: (key, value) =>
      Promise.resolve(void values.set(key, JSON.parse(JSON.stringify(value)) as unknown)),
  };
};
const name = fc.oneof(fc.constantFrom(...awkwardNames, 'a', 'b'), fc.string());
const use = fc.tuple(
  fc.oneof(name, json),
  fc.oneof(fc.integer({ min: -1, max: 70_000 }), fc.constantFrom(0.5, NaN, '80', null), json),
);
const row = fc.tuple(fc.oneof(name, json), fc.oneof(fc.array(fc.oneof(use, json)), json));
const stored = fc.oneof(json, fc.array(fc.oneof(row, json)));

describe('the ports that were kept', () => {
  it('are ports, whatever was stored', () => {
    const property = fc.property(stored, name, name, (value, bento, of) => {
      const ports = stickyPorts(storeOf(value));
      for (const port of [ports.get(bento, of) ?? 1, ...ports.others(bento)]) {
        expect(Number.isInteger(port) && port >= 1 && port <= 65_535).toBe(true);
      }
    });
    check(property, 1000);
  });

  it.each([0, -1, 65_536, 1.5, '80'])('are none where %s was stored', (port) => {
    const stored = [
      [
        'a',
        [
          ['http', port],
          ['grpc', 3001],
        ],
      ],
    ];
    const ports = stickyPorts(storeOf(stored));
    expect(ports.get('a', 'http')).toBeUndefined();
    expect(ports.get('a', 'grpc')).toBe(3001);
  });

  it('are found again after a reload', () => {
    const entry = fc.tuple(name, name, fc.integer({ min: 1, max: 65_535 }));
    const property = fc.property(stored, fc.array(entry), (value, entries) => {
      const store = storeOf(value);
      const ports = stickyPorts(store);
      for (const [bento, of, port] of entries) ports.set(bento, of, port);
      const again = stickyPorts(store);
      for (const [bento, of] of entries) {
        expect(again.get(bento, of)).toBe(ports.get(bento, of));
        expect(again.others(bento)).toEqual(ports.others(bento));
      }
    });
    check(property, 300);
  });
});
