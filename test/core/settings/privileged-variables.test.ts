import { describe, expect, it } from 'vitest';
import { isPrivileged, privilegedVariables } from '../../../src/core/settings/privileged-variables';

describe('variables that a workspace does not set without being asked about', () => {
  it.each([
    'LD_PRELOAD',
    'DYLD_INSERT_LIBRARIES',
    'PYTHONPATH',
    'PYTHONSTARTUP',
    'PYTHONBREAKPOINT',
    'NODE_OPTIONS',
    'BASH_ENV',
    'PATH',
    'BENTOML_CONFIG',
    'BENTOML_CONFIG_OPTIONS',
    'HTTPS_PROXY',
    'https_proxy',
    'GIT_SSH_COMMAND',
  ])('%s', (name) => {
    expect(isPrivileged(name, 'linux')).toBe(true);
  });

  it.each(['MODEL_DIR', 'BENTOML_HOME', 'PYTHONUNBUFFERED', 'MY_PATH', 'OLD_LD_PRELOAD', 'path'])(
    'but %s',
    (name) => {
      expect(isPrivileged(name, 'linux')).toBe(false);
    },
  );

  it('in any letters on Windows', () => {
    expect(isPrivileged('Path', 'win32')).toBe(true);
    expect(isPrivileged('PythonPath', 'win32')).toBe(true);
  });

  it('unless the user has set them to just that', () => {
    const wanted = { PATH: '/evil', LD_PRELOAD: 'x.so', MODEL: 'y', HTTP_PROXY: null };
    expect(privilegedVariables(wanted, { LD_PRELOAD: 'x.so' }, 'linux')).toEqual([
      { name: 'PATH', value: '/evil' },
    ]);
    expect(privilegedVariables({ PATH: '/mine' }, { PATH: '/other' }, 'linux')).toHaveLength(1);
  });
});
