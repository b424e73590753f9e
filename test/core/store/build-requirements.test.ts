import { expect, it } from 'vitest';
import { missingForBuild } from '../../../src/core/store/build-requirements';

const uv = '/usr/bin/uv';

it.each([
  // BentoML up to 1.1 builds without a lock.
  [['pip-tools'], [], undefined, undefined],
  // 1.3 runs `python -m uv`.
  [['uv'], ['uv'], undefined, undefined],
  [['uv'], ['pip'], uv, 'uv'],
  [['uv'], [], undefined, 'uv'],
  // 1.4 takes any uv, and installs it with pip.
  [[], ['uv'], undefined, undefined],
  [[], ['pip'], undefined, undefined],
  [[], [], uv, undefined],
  [[], [], undefined, 'uv'],
])(
  'BentoML requires %j, modules %j, uv at %s: %s is missing',
  (requirements, modules, path, missing) => {
    expect(missingForBuild({ isolation: '-I', installers: [], modules, requirements }, path)).toBe(
      missing,
    );
  },
);
