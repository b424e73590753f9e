import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServeError } from '../../../src/core/problem';
import { parseDotenv } from '../../../src/core/settings/dotenv';
import { readEnvFiles } from '../../../src/core/settings/env-files';
import { expectProportional, pumped } from '../../support/growth';
import { long } from '../../support/long';
import { isUnpolluted, textOf } from '../../support/hostile';
import { checkAsync } from '../../support/properties';

const pieces = [
  ...[
    'A',
    'b.c-d',
    '=',
    ': ',
    'export ',
    "'",
    '"',
    '`',
    '\\n',
    '\\',
    "\\'",
    '#',
    ' #',
    '\n',
    '\r\n',
  ],
  ...[
    '\r',
    ' ',
    '\t',
    '\u2028',
    '\u00a0',
    '$',
    '{',
    '}',
    '${A}',
    '${A:-',
    '__proto__=x\n',
    'constructor=x\n',
    'A=1\n',
  ],
];

describe('env files', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'env-files-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const read = async (content: string | Uint8Array): Promise<Record<string, string>> => {
    const path = join(folder, '.env');
    await writeFile(path, content);
    return readEnvFiles([path], { A: 'ours' });
  };

  it('are variables, or an error of ours, whatever is in them', async () => {
    const content = fc.oneof(textOf(pieces), fc.uint8Array());
    const property = fc.asyncProperty(content, async (given) => {
      try {
        for (const [name, value] of Object.entries(await read(given))) {
          expect(name).toMatch(/^[^=\0]+$/);
          expect(typeof value).toBe('string');
        }
      } catch (error) {
        expect(error).toBeInstanceOf(ServeError);
      }
      expect(isUnpolluted()).toBe(true);
    });
    await checkAsync(property, 500);
  });

  it('give back what was written into them', async () => {
    const name = fc.stringMatching(/^[A-Za-z_]\w{0,8}$/).filter((one) => one !== '__proto__');
    const value = fc.stringMatching(/^[ -~]{0,20}$/).filter((one) => !one.includes('${'));
    const quoted = (one: string): string => `'${one.replace(/[\\']/g, '\\$&')}'`;
    const noise = fc.constantFrom(
      '',
      '\n',
      '# a comment = 1\n',
      '  \n\n',
      'no variable\n',
      '\t#\n',
    );
    const rows = fc.uniqueArray(fc.tuple(name, value, noise), { selector: ([key]) => key });
    const property = fc.asyncProperty(rows, async (variables) => {
      const text = variables
        .map(([key, given, before]) => `${before}${key}=${quoted(given)}\n`)
        .join('');
      expect({ ...(await read(text)) }).toEqual(
        Object.fromEntries(variables.map(([key, given]) => [key, given])),
      );
    });
    await checkAsync(property, 200);
  });

  it('take time in proportion to their length', long, async () => {
    const property = fc.asyncProperty(pumped(pieces), async (input) => {
      await expectProportional(read, input);
    });
    await checkAsync(property, 50);
  });

  it.each(['#', 'a#'])(
    'take time in proportion to their length, also sixteen million characters of %j',
    long,
    async (pump) => {
      await expectProportional(parseDotenv, { before: 'A=x', pump, after: '\n' }, 16_000_000);
    },
  );
});
