import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { componentEnvironment } from '../../../src/core/settings/component-environment';
import { awkwardNames, isUnpolluted } from '../../support/hostile';
import { check } from '../../support/properties';

const name = fc.oneof(
  fc.constantFrom(...awkwardNames, 'PATH', 'Path', 'ELECTRON_RUN_AS_NODE', 'VSCODE_PID', 'A', 'a'),
  fc.string(),
);
const table = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc
    .array(fc.tuple(name, value), { maxLength: 8 })
    .map((rows) =>
      Object.assign(Object.create(null) as Record<string, T>, Object.fromEntries(rows)),
    );

describe('the environment of what is served', () => {
  it.each(['linux', 'darwin', 'win32'] as const)(
    'has the settings, then the files, then what was there without what is VS Code’s own (%s)',
    (platform) => {
      const same = (one: string, other: string): boolean =>
        platform === 'win32' ? one.toUpperCase() === other.toUpperCase() : one === other;
      // What a process has of its own has no name twice.
      const given = table(fc.string()).filter(
        (own) =>
          new Set(Object.keys(own).map((key) => key.toUpperCase())).size ===
          Object.keys(own).length,
      );
      const property = fc.property(
        given,
        table(fc.option(fc.string(), { nil: null })),
        table(fc.string()),
        (own, env, files) => {
          const made = componentEnvironment(own, { env }, files, platform);
          const last = new Map<string, string | null>();
          for (const [key, value] of [...Object.entries(files), ...Object.entries(env)]) {
            for (const known of last.keys()) if (same(known, key)) last.delete(known);
            last.set(key, value);
          }
          for (const [key, value] of last) expect(made[key]).toBe(value ?? undefined);
          for (const [key, value] of Object.entries(made)) {
            expect(typeof value).toBe('string');
            if (key === 'BENTOML_DO_NOT_TRACK' || last.has(key)) continue;
            expect(key).not.toMatch(/^(?:ELECTRON_|VSCODE_)/i);
            expect(own[key]).toBe(value);
          }
          expect(isUnpolluted()).toBe(true);
        },
      );
      check(property, 300);
    },
  );
});
