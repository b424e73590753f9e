import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { pyenvLast } from '../../scripts/environments/pyenv-last.mts';

const join = (...folders: readonly string[]) => folders.join(path.delimiter);
const shims = path.join('/home/ana/.pyenv', 'shims');
const bin = path.join('/home/ana/.pyenv', 'versions/3.11.7/bin');

describe('the search for a Python', () => {
  it('takes one of the system before one of pyenv', () => {
    const env = { HOME: '/home/ana', PATH: join(bin, shims, '/usr/local/bin', '/usr/bin') };

    expect(pyenvLast(env)['PATH']).toBe(join('/usr/local/bin', '/usr/bin', bin, shims));
  });

  it('knows a pyenv that is elsewhere', () => {
    const PATH = join('/opt/pyenv/shims', '/opt/pyenvs', '/usr/bin');

    expect(pyenvLast({ HOME: '/home/ana', PYENV_ROOT: '/opt/pyenv', PATH })['PATH']).toBe(
      join('/opt/pyenvs', '/usr/bin', '/opt/pyenv/shims'),
    );
  });

  it('leaves an environment without a path alone', () => {
    expect(pyenvLast({ HOME: '/home/ana' })).toEqual({ HOME: '/home/ana' });
  });
});
