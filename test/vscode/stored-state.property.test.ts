import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentBentos } from '../../src/vscode/recent-bentos';
import { Resume } from '../../src/vscode/resume';
import { bento, fakeManager } from '../support/bentos';
import { json } from '../support/hostile';
import { ManualClock } from '../support/manual-clock';
import { check, checkAsync } from '../support/properties';

const stored = fc.oneof(json, fc.array(fc.oneof(json, fc.constantFrom('one', 'two', 'gone'))));

describe('what was stored by another version, or by nobody', () => {
  it('does not keep a window from starting, and has nothing served that is not there', async () => {
    const clock = new ManualClock();
    const at = fc.oneof(
      json,
      fc.constantFrom(
        clock.date(),
        clock.date() - 1000,
        { valueOf: 1, toString: 1 },
        NaN,
        Infinity,
      ),
    );
    const property = fc.asyncProperty(stored, at, async (served, servedAt) => {
      const manager = fakeManager([bento({ id: 'one' }), bento({ id: 'two' })]);
      const values = new Map<string, unknown>([
        ['served', served],
        ['servedAt', servedAt],
      ]);
      const resume = new Resume({
        manager,
        store: {
          get: (key) => values.get(key),
          update: (key, value) => Promise.resolve(void values.set(key, value)),
        },
        clock,
        wanted: () => true,
        onFailure: (error) => expect.unreachable(String(error)),
      });
      await resume.run();
      resume.dispose();
      expect(manager.calls.length).toBeLessThanOrEqual(Array.isArray(served) ? served.length : 0);
      for (const call of manager.calls) expect(call).toMatch(/^serve (?:one|two)$/);
      expect(new Set(manager.calls).size).toBe(manager.calls.length);
    });
    await checkAsync(property, 500);
  });

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
