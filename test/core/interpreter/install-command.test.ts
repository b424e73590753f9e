import { expect, it } from 'vitest';
import {
  installCommand,
  targetInstallCommand,
} from '../../../src/core/interpreter/install-command';

const python = '/venv/bin/python';
const uv = '/usr/bin/uv';
const command = (installers: readonly string[], uvOnPath?: string, isolation: '-I' | '-E' = '-I') =>
  installCommand(python, ['torch'], { isolation, installers: [...installers] }, uvOnPath);

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

it.each([
  [['pip', 'uv', 'ensurepip'], uv, python, '-I -m pip install'],
  [['uv'], undefined, python, `-I -m uv pip install --python ${python}`],
  [['ensurepip'], uv, uv, `pip install --python ${python}`],
])('%j and uv at %s install into a folder: %s %s', (installers, uvOnPath, file, args) => {
  const target = { folder: '/storage/debugpy', pins: '/storage/pins.txt' };
  expect(targetInstallCommand(python, target, { isolation: '-I', installers }, uvOnPath)).toEqual({
    file,
    args: [
      ...args.split(' '),
      ...['--target', '/storage/debugpy', '--no-deps', '--only-binary', ':all:'],
      ...['--require-hashes', '-r', '/storage/pins.txt'],
    ],
  });
});

it('adds nothing to the environment in order to install into a folder', () => {
  const target = { folder: '/storage/debugpy', pins: '/storage/pins.txt' };

  expect(
    targetInstallCommand(python, target, { isolation: '-I', installers: ['ensurepip'] }, undefined),
  ).toBeUndefined();
});
