import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { userFiles } from '../../../src/core/diagnosis/user-files';

let base: string;
let root: string;

const write = (...parts: readonly string[]): string => {
  const file = path.join(base, ...parts);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '');
  return file;
};

beforeEach(() => {
  base = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'user-files-')));
  root = path.join(base, 'fraud');
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

describe('files of the user', () => {
  it('are those in the folders of the bento', () => {
    const file = write('fraud', 'lib', 'model.py');
    const found = { path: file, shown: path.join('lib', 'model.py') };
    expect(userFiles([root]).find(file)).toEqual(found);
    expect(userFiles([root]).find('lib/model.py')).toEqual(found);
    expect(userFiles(['/nowhere', root]).find(file)).toEqual(found);
  });

  it.each([
    ['fraud', '.venv', 'lib', 'x.py'],
    ['fraud', 'env', 'lib', 'python3.11', 'json.py'],
    ['fraud', 'env', 'Lib', 'site-packages', 'x.py'],
    ['elsewhere', 'x.py'],
    ['fraud-2', 'x.py'],
  ])('are not those of Python, packages and others: %s/%s', (...parts) => {
    const file = write(...parts);
    expect(userFiles([root]).find(file)).toBeUndefined();
  });

  it('are no links that lead out, and are found through links that lead in', () => {
    const file = write('fraud', 'service.py');
    symlinkSync(write('secret.py'), path.join(root, 'link.py'));
    expect(userFiles([root]).find(path.join(root, 'link.py'))).toBeUndefined();
    const alias = path.join(base, 'alias');
    symlinkSync(root, alias);
    const found = { path: path.join(alias, 'service.py'), shown: 'service.py' };
    expect(userFiles([alias]).find(path.join(alias, 'service.py'))).toEqual(found);
    // As the window that was opened on the link knows it.
    expect(userFiles([alias]).find(file)).toEqual(found);
  });

  it.each(['<string>', '<frozen importlib._bootstrap>', 'not-there.py', '', '..', 'a\0b'])(
    'are files that are there: %j',
    (file) => {
      mkdirSync(root);
      expect(userFiles([root]).find(file)).toBeUndefined();
    },
  );

  it('may hide modules', () => {
    write('fraud', 'json.py');
    write('fraud', 'yaml', '__init__.py');
    const files = userFiles([root]);
    expect(files.module('json')?.shown).toBe('json.py');
    expect(files.module('yaml')?.shown).toBe(path.join('yaml', '__init__.py'));
    expect(files.module('bentoml')).toBeUndefined();
  });
});
