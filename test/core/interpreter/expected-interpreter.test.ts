import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectedInterpreter } from '../../../src/core/interpreter/expected-interpreter';

describe.skipIf(process.platform === 'win32')('the expected report of an interpreter', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'expected-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const program = (): string => path.join(root, 'bin/python');
  const has = (...folders: readonly string[]): void => {
    for (const one of folders) mkdirSync(path.join(root, one), { recursive: true });
  };

  it('is read from the folders of its packages', async () => {
    has('lib/python3.11/site-packages/bentoml-1.4.38.dist-info', 'lib/pkgconfig');
    const expected = { path: program(), bentomlVersion: '1.4.38' };
    expect(await expectedInterpreter(program())).toEqual(expected);
  });

  it('is read for a link, which is a virtual environment of its own', async () => {
    has('lib/python3.11/site-packages/bentoml-1.4.38.dist-info', 'bin', 'elsewhere/bin');
    symlinkSync('/usr/bin/python3', program());
    expect(await expectedInterpreter(program())).toMatchObject({ bentomlVersion: '1.4.38' });
    const other = path.join(root, 'elsewhere/bin/python');
    symlinkSync(program(), other);
    expect(await expectedInterpreter(other)).toBeUndefined();
  });

  it('is read from a conda environment, which has a link python3.1', async () => {
    has('lib/python3.11/site-packages/bentoml-1.4.38.dist-info');
    symlinkSync('python3.11', path.join(root, 'lib/python3.1'));
    expect(await expectedInterpreter(program())).toMatchObject({ bentomlVersion: '1.4.38' });
  });

  it.each([
    ['there are no packages', []],
    ['its Python is not supported', ['lib/python3.7/site-packages/bentoml-1.1.11.dist-info']],
    ['BentoML is not there', ['lib/python3.11/site-packages/bentoml_extras-1.0.dist-info']],
    [
      'there are two versions',
      [
        'lib/python3.11/site-packages/bentoml-1.4.38.dist-info',
        'lib/python3.11/site-packages/bentoml-1.3.0.dist-info',
      ],
    ],
    [
      'there are two Pythons',
      [
        'lib/python3.11/site-packages/bentoml-1.4.38.dist-info',
        'lib/python3.12/site-packages/bentoml-1.4.38.dist-info',
      ],
    ],
    ['its version is not supported', ['lib/python3.11/site-packages/bentoml-0.13.1.dist-info']],
  ])('is unknown if %s', async (_, folders) => {
    has(...folders);
    expect(await expectedInterpreter(program())).toBeUndefined();
  });
});
