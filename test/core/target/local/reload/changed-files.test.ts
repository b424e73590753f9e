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
import { forgetBytecode } from '../../../../../src/core/target/local/reload/bytecode';
import { ChangedFiles } from '../../../../../src/core/target/local/reload/changed-files';

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

const changedAmong = async (files: ChangedFiles, paths: readonly string[]) =>
  (await files.among(paths)).changed;

it('takes what it has not seen for changed, and the same again for unchanged', async () => {
  const files = new ChangedFiles();
  const file = written('a.py', 'one');
  expect(await changedAmong(files, [file])).toEqual([file]);
  written('a.py', 'one');
  expect(await changedAmong(files, [file])).toEqual([]);
  written('a.py', 'two');
  expect(await changedAmong(files, [file])).toEqual([file]);
  rmSync(file);
  expect(await changedAmong(files, [file])).toEqual([file]);
  expect(await changedAmong(files, [file])).toEqual([]);
});

it('knows what it has learned', async () => {
  const files = new ChangedFiles();
  const file = written('a.py', 'one');
  await files.learn([file]);
  expect(await files.among([file])).toEqual({ changed: [], written: false });
});

it('tells a save without a change from a second report of it', async () => {
  const files = new ChangedFiles();
  const file = written('a.py', 'one', 60);
  await files.learn([file]);
  written('a.py', 'one');
  expect(await files.among([file])).toEqual({ changed: [], written: true });
  expect(await files.among([file])).toEqual({ changed: [], written: false });
});

it('gives the path behind a linked folder, as Python does', async () => {
  const link = path.join(folder, 'link');
  symlinkSync(folder, link);
  written('a.py', 'one');
  const changed = await changedAmong(new ChangedFiles(), [path.join(link, 'a.py')]);
  expect(changed).toEqual([path.join(folder, 'a.py')]);
});

it('takes a linked file and its target for one, and sees a link that is switched', async () => {
  const files = new ChangedFiles();
  const link = path.join(folder, 'service.py');
  const one = written('one.py', 'one');
  const two = written('two.py', 'two');
  symlinkSync(one, link);
  await files.learn([link, two]);
  written('one.py', 'other');
  expect(await changedAmong(files, [link])).toEqual([link, one]);
  expect(await changedAmong(files, [one])).toEqual([]);
  rmSync(link);
  symlinkSync(two, link);
  expect(await changedAmong(files, [link])).toEqual([link, two]);
});

it('sees packages come and go, but not the folders that programs make', async () => {
  const files = new ChangedFiles();
  const made = path.join(folder, 'made');
  mkdirSync(made);
  expect(await files.among([made])).toEqual({ changed: [], written: false });
  written('made/a.py', 'one');
  expect(await files.among([made])).toEqual({ changed: [made], written: true });
  rmSync(made, { recursive: true });
  expect(await files.among([made])).toMatchObject({ changed: [made] });
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
