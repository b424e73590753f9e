import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeExports } from '../../../src/core/export/write-exports';
import { temporaryFolder } from '../discovery/temporary-folder';

const files = (text: string) => [
  { path: 'a/base.yaml', text, isForEdits: false },
  { path: 'other.yaml', text: 'the same', isForEdits: false },
  { path: 'a/mine.yaml', text: 'empty', isForEdits: true },
];

const never = (): Promise<boolean> => Promise.reject(new Error('nothing is replaced'));

describe('files that belong together', () => {
  it('are created without a question, and the same again changes nothing', async () => {
    const folder = await temporaryFolder({});
    expect(await writeExports(folder, files('one'), never)).toBe(true);
    expect(await readFile(join(folder, 'a/mine.yaml'), 'utf8')).toBe('empty');
    expect(await writeExports(folder, files('one'), never)).toBe(true);
  });

  it('replace the generated ones after one question, and never those for changes', async () => {
    const folder = await temporaryFolder({
      ...{ 'a/base.yaml': 'before', 'a/mine.yaml': 'my changes', 'other.yaml': 'the same' },
    });
    const asked: (readonly string[])[] = [];
    const answer = (present: readonly string[]): Promise<boolean> => {
      asked.push(present);
      return Promise.resolve(asked.length > 1);
    };
    expect(await writeExports(folder, files('two'), answer)).toBe(false);
    expect(await readFile(join(folder, 'a/base.yaml'), 'utf8')).toBe('before');
    expect(await writeExports(folder, files('two'), answer)).toBe(true);
    expect(await readFile(join(folder, 'a/base.yaml'), 'utf8')).toBe('two');
    expect(await readFile(join(folder, 'a/mine.yaml'), 'utf8')).toBe('my changes');
    expect(asked).toEqual([['a/base.yaml'], ['a/base.yaml']]);
  });
});
