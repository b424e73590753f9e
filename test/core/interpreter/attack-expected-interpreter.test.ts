import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { expectedInterpreter } from '../../../src/core/interpreter/expected-interpreter';

const withBentoml = (python: string): string => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'expected-'));
  mkdirSync(path.join(root, `lib/${python}/site-packages/bentoml-1.4.38.dist-info`), {
    recursive: true,
  });
  return root;
};

it('is read from a conda environment, which has a link python3.1', async () => {
  const root = withBentoml('python3.11');
  symlinkSync('python3.11', path.join(root, 'lib/python3.1'));
  const program = path.join(root, 'bin/python');
  expect(await expectedInterpreter(program)).toMatchObject({ bentomlVersion: '1.4.38' });
});

it('is unknown if the check will refuse its Python', async () => {
  const program = path.join(withBentoml('python3.7'), 'bin/python');
  expect(await expectedInterpreter(program)).toBeUndefined();
});
