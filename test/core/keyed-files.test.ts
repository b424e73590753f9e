import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { KeyedFiles } from '../../src/core/keyed-files';

let home: string;
let directory: string;

beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'keyed-files-'));
  directory = path.join(home, 'of', 'windows');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const window = (limit = 20): KeyedFiles => new KeyedFiles({ directory, limit });

it('has the values of the window before, for this user only', async () => {
  await window().write('key', '{"a":1}');
  expect(await window().read('key')).toEqual({ a: 1 });
  expect(await window().read('other')).toBeUndefined();
  expect(readdirSync(directory)).toEqual(['key.json']);
  if (process.platform === 'win32') return;
  expect(statSync(path.join(directory, 'key.json')).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

it('has what was written last, and nothing that was removed last', async () => {
  const files = window();
  await Promise.all([files.write('a', '1'), files.write('a', '2'), files.write('b', '1')]);
  await Promise.all([files.write('b', '2'), files.remove('b'), files.remove('never')]);
  expect([await files.read('a'), await files.read('b')]).toEqual([2, undefined]);
});

it('has no more files than its limit, and removes those that were written first', async () => {
  const files = window(2);
  for (const [index, key] of ['a', 'b', 'c'].entries()) {
    await files.write(key, '1');
    utimesSync(path.join(directory, `${key}.json`), index, index);
  }
  await files.write('d', '1');
  expect(readdirSync(directory).sort()).toEqual(['c.json', 'd.json']);
});

it('has nothing of a file that is no JSON, or that cannot be written', async () => {
  const files = window();
  await files.write('key', '{"a":');
  expect(await files.read('key')).toBeUndefined();
  rmSync(directory, { recursive: true });
  writeFileSync(directory, 'no directory');
  await files.write('key', '1');
  await files.remove('key');
  expect(await files.read('key')).toBeUndefined();
});
