import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandVariables } from '../../../src/core/settings/variables';
import { expectProportional, pumped } from '../../support/growth';
import { long } from '../../support/long';
import { awkwardNames, textOf } from '../../support/hostile';
import { check, checkAsync } from '../../support/properties';
import { linuxContext, windowsContext } from './settings-contexts';

const pieces = [
  ...['${', '}', '$', '{', '~', '/', '\\', 'env:', '${env:MODELS}', '${env:NO}', '${userHome}'],
  ...['${workspaceFolder}', '${x}', ...awkwardNames.map((name) => `\${env:${name}}`), '$&', '$1'],
];
const longest = 4096;
const contexts = fc.constantFrom(linuxContext, windowsContext);
const unset = fc.constantFrom('environment' as const, 'path' as const);

describe('variables in settings', () => {
  it('leave none of ours behind, and never more than is allowed', () => {
    const property = fc.property(textOf(pieces, 20), contexts, unset, (text, context, use) => {
      const expansion = expandVariables(text, context, use, longest);
      if (expansion.ok) {
        expect(expansion.text.length).toBeLessThanOrEqual(longest);
        expect(expansion.text).not.toMatch(/\$\{(?:workspaceFolder|userHome|env:\w+)\}/);
      } else {
        expect(expansion.reason).not.toBe('');
      }
    });
    check(property, 1000);
  });

  it('leave alone what has none', () => {
    const plain = fc.string().filter((text) => !text.includes('${') && !text.startsWith('~'));
    const property = fc.property(plain, contexts, (text, context) => {
      expect(expandVariables(text, context, 'path', longest)).toEqual({ ok: true, text });
    });
    check(property);
  });

  it('take room and time in proportion to what is allowed', long, async () => {
    const context = { ...linuxContext, env: { LONG: 'x'.repeat(100_000) } };
    const property = fc.asyncProperty(pumped([...pieces, '${env:LONG}']), async (input) => {
      await expectProportional((text) => {
        expandVariables(text, context, 'environment', longest);
      }, input);
    });
    await checkAsync(property, 200);
  });
});
