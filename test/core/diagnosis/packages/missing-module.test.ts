import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explain } from '../../../../src/core/diagnosis/explain';
import { userFiles } from '../../../../src/core/diagnosis/user-files';
import { workspaceModules } from '../../../../src/core/diagnosis/packages/workspace-modules';
import { fraudContext } from '../fraud-files';
import { inEnglish } from '../in-english';

let workspace: string;

const write = (...files: readonly string[]): void => {
  for (const file of files) {
    mkdirSync(path.dirname(path.join(workspace, file)), { recursive: true });
    writeFileSync(path.join(workspace, file), '');
  }
};

beforeEach(() => {
  workspace = mkdtempSync(path.join(os.tmpdir(), 'missing-module-'));
  write('app/api/service.py');
});

afterEach(() => rmSync(workspace, { recursive: true, force: true }));

const missing = (name: string, code = `import ${name}`): ReturnType<typeof inEnglish> => {
  const workingDir = path.join(workspace, 'app/api');
  const file = path.join(workingDir, 'service.py');
  const found = explain(
    `Traceback (most recent call last):\n  File "${file}", line 3, in <module>\n    ${code}\nModuleNotFoundError: No module named '${name}'\n`,
    fraudContext({
      workingDir,
      files: userFiles([workingDir, workspace]),
      workspaceModule: workspaceModules(workingDir, workspace),
    }),
  );
  return inEnglish(found);
};

const sentences = (found: ReturnType<typeof inEnglish>): string =>
  `${found?.text}. ${found?.advice}`;

describe('a module that is missing', () => {
  it.each([
    ['a file in a folder above', ['words.py'], '', 'words.py', '../..'],
    ['a package in a folder above', ['app/words/__init__.py'], 'app', 'app/words', '..'],
    ['a folder without __init__.py', ['words/deep/x.py'], '', 'words', '../..'],
    ['a file beside, in another folder', ['libs/words.py'], 'libs', 'libs/words.py', '../../libs'],
    ['a file far below', ['libs/py/words.py'], 'libs/py', 'libs/py/words.py', '../../libs/py'],
    [
      'an extension module',
      ['libs/words.cpython-311-x86_64-linux-gnu.so'],
      'libs',
      'libs/words.cpython-311-x86_64-linux-gnu.so',
      '../../libs',
    ],
    ['an extension module of Windows', ['words.pyd'], '', 'words.pyd', '../..'],
    [
      'a package of extension modules',
      ['libs/words/fast.abi3.so'],
      'libs',
      'libs/words',
      '../../libs',
    ],
    ['deep in a namespace', ['words/a/b/c.py'], '', 'words', '../..'],
    [
      'a package far below',
      ['packages/words/lib/words/__init__.py'],
      'packages/words/lib',
      'packages/words/lib/words',
      '../../packages/words/lib',
    ],
  ])('is found in the workspace: %s', (_, files, folder, shown, added) => {
    write(...files);
    const found = missing('words');
    expect(found?.moduleFolder).toBe(path.join(workspace, folder));
    expect(found).not.toHaveProperty('install');
    expect(sentences(found)).toBe(
      `No module named "words" (service.py:3): ${shown} exists, but Python does not look in its folder. Set workingDir to that folder in serveBento.bentos, or add ${JSON.stringify(added)} to PYTHONPATH in serveBento.env`,
    );
  });

  it('is an extension module in the right folder, for another Python', () => {
    write('app/api/words.cpython-38-darwin.so');
    const found = missing('words');
    expect(found).not.toHaveProperty('install');
    expect(sentences(found)).toMatch(
      /^No module named "words" \(service\.py:3\): app\/api\/words\.cpython-38-darwin\.so exists, but was built for another Python\. Build it with .+, or select the interpreter that it was built for$/,
    );
  });

  it('is no library that only begins with its name', () => {
    write('libs/words.so.1', 'libs/words.txt', 'libs/wordsy.so');
    expect(missing('words')).toHaveProperty('advice', expect.stringContaining('pip install'));
  });

  it('is looked for within limits of time and of the entries of a folder', () => {
    const found = (name: string, clock?: { now: () => number }): string | undefined =>
      workspaceModules(path.join(workspace, 'app/api'), workspace, clock)(name)?.shown;
    write('libs/words.py');
    expect(found('words')).toBe('libs/words.py');
    let looks = 0;
    expect(found('words', { now: () => looks++ * 100 })).toBeUndefined();
    expect(looks).toBeLessThan(50);

    // The folder is read once, up to 1000 entries.
    mkdirSync(path.join(workspace, 'data'));
    for (let file = 0; file < 1200; file++) {
      writeFileSync(path.join(workspace, 'data', `${file}.txt`), '');
    }
    let entries = 0;
    const counting = { now: () => (entries++, 0) };
    expect(found('data', counting)).toBeUndefined();
    expect(entries).toBeGreaterThan(1000);
    expect(entries).toBeLessThan(1200);
  });

  it('is found in a project that is not installed', () => {
    write('pyproject.toml', 'src/words/__init__.py');
    expect(sentences(missing('words'))).toBe(
      `No module named "words" (service.py:3): src/words exists, but Python does not look in its folder. Install the project (/venv/bin/python -m pip install -e ${workspace}), or add "../../src" to PYTHONPATH in serveBento.env`,
    );
  });

  it.each([
    ['a folder with no Python in it', 'words/weights.bin'],
    ['an environment', '.venv/words.py'],
    ['too deep', 'a/b/c/d/e/words.py'],
  ])('is not taken for %s', (_, file) => {
    write(file);
    expect(missing('words')?.text).toMatch(/^words is not installed \(service\.py:3\)/);
  });

  it('of a package that is there is no package to install', () => {
    expect(sentences(missing('pandas.nothing.more'))).toBe(
      'the installed pandas.nothing has no module pandas.nothing.more (service.py:3). Correct the import, or install another version of it in /venv/bin/python',
    );
    write('app/api/words/__init__.py');
    expect(sentences(missing('words.nothing'))).toBe(
      'app/api/words has no module words.nothing (service.py:3). Correct the import, or add the module',
    );
  });

  it.each([
    ['google.cloud', 'from google.cloud import storage', 'google-cloud-storage'],
    ['google.cloud', 'import google.cloud.bigquery as bq', 'google-cloud-bigquery'],
    ['google', 'from google import genai', 'google-genai'],
    ['google.protobuf', 'from google.protobuf import message', 'protobuf'],
    ['ruamel', 'from ruamel.yaml import YAML', 'ruamel.yaml'],
    ['cv2', 'import cv2', 'opencv-python-headless'],
    ['jwt', 'import jwt', 'pyjwt'],
    ['faiss', 'import faiss', 'faiss-cpu'],
  ])('%s of "%s" is in a package of another name: %s', (name, code, expected) => {
    expect(missing(name, code)?.install).toEqual([expected]);
  });

  it.each([
    ['imp', 'Python 3.12 removed the module imp'],
    ['cgi', 'Python 3.13 removed the module cgi'],
    ['_lzma', 'this Python was built without its module _lzma'],
    ['tkinter', 'this Python was built without its module tkinter'],
  ])('of Python itself is in no package: %s', (name, text) => {
    const found = missing(name);
    expect(found?.text).toBe(`${text} (service.py:3)`);
    expect(sentences(found)).not.toContain('pip install');
  });
});
