import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { forgetBytecode } from '../../../../src/core/serve/reload/bytecode';
import { ChangedFiles } from '../../../../src/core/serve/reload/changed-files';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'changed-files-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function written(name: string, text: string, secondsAgo = 0): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  const at = Date.now() / 1000 - secondsAgo;
  utimesSync(file, at, at);
  return file;
}

it('takes what it has not seen for changed, and the same again for unchanged', async () => {
  const files = new ChangedFiles();
  const file = written('a.py', 'one');
  expect(await files.among([file])).toEqual([file]);
  written('a.py', 'one');
  expect(await files.among([file])).toEqual([]);
  written('a.py', 'two');
  expect(await files.among([file])).toEqual([file]);
  rmSync(file);
  expect(await files.among([file])).toEqual([file]);
  expect(await files.among([file])).toEqual([]);
});

it('knows what was there before, but not what may have been written since', async () => {
  const files = new ChangedFiles();
  const old = written('old.py', 'one', 60);
  const young = written('young.py', 'one');
  await files.learn([old, young], Date.now() - 30_000);
  expect(await files.among([old, young])).toEqual([young]);
});

it('gives the path behind a link, as Python does', async () => {
  const link = path.join(folder, 'link');
  symlinkSync(folder, link);
  written('a.py', 'one');
  const [found] = await new ChangedFiles().among([path.join(link, 'a.py')]);
  expect(found).toBe(path.join(folder, 'a.py'));
});

it('removes what was compiled of a file, and nothing else', async () => {
  mkdirSync(path.join(folder, '__pycache__'));
  const compiled = ['a.cpython-311.pyc', 'a.cpython-311.opt-1.pyc', 'ab.cpython-311.pyc', 'a.txt'];
  for (const name of compiled) written(`__pycache__/${name}`, '');
  await forgetBytecode([path.join(folder, 'a.py'), path.join(folder, 'bentofile.yaml')]);
  expect(readdirSync(path.join(folder, '__pycache__')).sort()).toEqual([
    'a.txt',
    'ab.cpython-311.pyc',
  ]);
});
