import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { targetOf } from '../../../src/vscode/commands/target';
import { argument, refusing } from '../../support/hostile';
import { check } from '../../support/properties';

describe('the argument of a command from another extension', () => {
  it('names a bento, a component of one, or nothing, whatever it is', () => {
    const row = fc.record(
      {
        kind: fc.oneof(fc.constantFrom('bento', 'component', 'store'), argument),
        bento: fc.oneof(fc.string(), argument),
        component: fc.oneof(fc.string(), argument),
      },
      { requiredKeys: [] },
    );
    const property = fc.property(fc.oneof(row, argument), (given) => {
      const target = targetOf(given);
      if (target === undefined) return;
      expect(typeof target.bento).toBe('string');
      expect(['string', 'undefined']).toContain(typeof target.component);
      expect(Object.keys(target).length).toBe(target.component === undefined ? 1 : 2);
    });
    check(property, 1000);
  });

  it('is nothing when it cannot even be looked at', () => {
    expect(targetOf(refusing())).toBeUndefined();
  });

  it('is a row as the view makes it', () => {
    const property = fc.property(fc.string(), fc.string(), (bento, component) => {
      expect(targetOf({ kind: 'bento', bento })).toEqual({ bento });
      expect(targetOf({ kind: 'component', bento, component })).toEqual({ bento, component });
    });
    check(property);
  });
});
