import { expect, it } from 'vitest';
import { installCommand } from '../../../src/core/interpreter/install-command';

const python = '/venv/bin/python';
const uv = '/usr/bin/uv';
const command = (installers: readonly string[], uvOnPath?: string, isolation: '-I' | '-E' = '-I') =>
  installCommand(
    python,
    ['torch'],
    { isolation, installers: [...installers], modules: [], requirements: [] },
    uvOnPath,
  );

it.each([
  [['pip', 'uv', 'ensurepip'], uv, python, '-I -m pip install -- torch', undefined],
  [
    ['uv', 'ensurepip'],
    uv,
    python,
    '-I -m uv pip install --python /venv/bin/python -- torch',
    undefined,
  ],
  [['ensurepip'], uv, uv, 'pip install --python /venv/bin/python -- torch', undefined],
  [['ensurepip'], undefined, python, '-I -m pip install -- torch', '-I -m ensurepip'],
])('%j and uv at %s: %s %s', (installers, uvOnPath, file, args, bootstrap) => {
  expect(command(installers, uvOnPath)).toEqual({
    file,
    args: args.split(' '),
    ...(bootstrap === undefined ? {} : { bootstrap: bootstrap.split(' ') }),
  });
});

it('is not there without pip, uv and ensurepip', () => {
  expect(command([])).toBeUndefined();
});

it('reaches the user site where packages go there', () => {
  expect(command(['pip'], undefined, '-E')?.args[0]).toBe('-E');
});
