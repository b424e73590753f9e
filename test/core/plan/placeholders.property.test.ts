import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillEnv, fillText } from '../../../src/core/plan/placeholders';
import { expectProportional, pumped } from '../../support/growth';
import { long } from '../../support/long';
import { awkwardNames, isUnpolluted, textOf } from '../../support/hostile';
import { check, checkAsync } from '../../support/properties';

const pieces = [
  ...['$', '$$', '$(', '(', ')', ':', '$(worker)', '$(port)', '$(fd:self)', '$(fd:', '$(address:'],
  ...['$(address:runner:upper)', '%', '%2', '%zz', '%00', '%E0', 'a', '${', '$(metrics)'],
  ...awkwardNames.map((name) => `$(${name})`),
];
const values = {
  addresses: new Map([['runner:upper', 'tcp://127.0.0.1:3001']]),
  fds: { self: 7 },
  worker: 3,
  port: 3000,
  metrics: '/tmp/$(port)/$$',
};

describe('placeholders', () => {
  it('are filled, or named in an error, whatever is around them', () => {
    const property = fc.property(textOf(pieces, 12), (text) => {
      try {
        expect(typeof fillText(text, values)).toBe('string');
      } catch (error) {
        expect((error as Error).message).toMatch(/^The plan asks for \$\(.*which is not known\.$/s);
      }
    });
    check(property, 1500);
  });

  it('do not touch text in which dollars are doubled', () => {
    const property = fc.property(textOf(pieces, 12), (text) => {
      expect(fillText(text.replaceAll('$', '$$$$'), {})).toBe(text);
    });
    check(property, 500);
  });

  it('leave the names of variables as they are', () => {
    const name = fc.oneof(fc.constantFrom(...awkwardNames), fc.string());
    const property = fc.property(fc.uniqueArray(name), (names) => {
      const env = Object.fromEntries(names.map((one) => [one, '$(worker)']));
      expect(fillEnv(env, values)).toEqual(Object.fromEntries(names.map((one) => [one, '3'])));
      expect(isUnpolluted()).toBe(true);
    });
    check(property);
  });

  it('take time in proportion to the text', long, async () => {
    const property = fc.asyncProperty(pumped(pieces), async (input) => {
      await expectProportional((text) => {
        try {
          fillText(text, values);
        } catch {
          // An unknown one is an error, and has its own test.
        }
      }, input);
    });
    await checkAsync(property, 200);
  });
});
