import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentBentos } from '../../src/vscode/sources/recent-bentos';
import { json } from '../support/hostile';
import { check } from '../support/properties';

const stored = fc.oneof(json, fc.array(fc.oneof(json, fc.constantFrom('one', 'two', 'gone'))));

describe('what was stored by another version, or by nobody', () => {
  it('is a list of recent bentos all the same, which does not grow', () => {
    const property = fc.property(stored, fc.array(fc.string()), (value, used) => {
      let kept: unknown = value;
      const recent = new RecentBentos({
        get: () => kept,
        update: (_, next) => Promise.resolve(void (kept = next)),
      });
      for (const id of used) recent.used(id);
      for (const id of recent.ids) expect(typeof id).toBe('string');
      const last = used.at(-1);
      if (last === undefined) return;
      expect(recent.ids[0]).toBe(last);
      expect(recent.ids.length).toBeLessThanOrEqual(20);
    });
    check(property, 300);
  });
});
