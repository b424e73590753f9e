import { describe, expect, it } from 'vitest';
import { componentEnvironment } from '../../../src/core/settings/component-environment';

const plain = (...args: Parameters<typeof componentEnvironment>): Record<string, string> => ({
  ...componentEnvironment(...args),
});

describe('componentEnvironment', () => {
  it('leaves out what VS Code adds for itself', () => {
    const env = {
      ELECTRON_RUN_AS_NODE: '1',
      VSCODE_IPC_HOOK: '/run/x',
      NODE_OPTIONS: '--inspect',
      SNAP: '/snap',
      SNAP_NAME: 'code',
      GDK_PIXBUF_MODULE_FILE: 'x',
      CHROME_DESKTOP: 'code.desktop',
      PATH: '/bin',
      SNAPPY: 'mine',
      HOME: undefined,
    };
    expect(plain(env, { env: {} }, {}, 'linux')).toEqual({
      PATH: '/bin',
      SNAPPY: 'mine',
      BENTOML_DO_NOT_TRACK: 'True',
    });
  });

  it('lets env win over files and files over ours; null removes', () => {
    const env = { A: 'ours', B: 'ours', C: 'ours', D: 'ours' };
    const files = { B: 'file', C: 'file', D: 'file' };
    expect(plain(env, { env: { C: 'env', D: null } }, files, 'linux')).toEqual({
      A: 'ours',
      B: 'file',
      C: 'env',
      BENTOML_DO_NOT_TRACK: 'True',
    });
  });

  it('lets people turn usage tracking on', () => {
    const env = { BENTOML_DO_NOT_TRACK: 'False' };
    expect(plain({}, { env }, {}, 'linux')).toEqual(env);
    expect(plain({}, { env: { BENTOML_DO_NOT_TRACK: null } }, {}, 'linux')).toEqual({});
  });

  it('takes names in any case for the same on Windows only', () => {
    const env = { Path: 'C:\\Windows' };
    expect(plain(env, { env: { PATH: 'D:\\' } }, {}, 'win32')).toMatchObject({ PATH: 'D:\\' });
    expect(plain(env, { env: { PATH: 'D:\\' } }, {}, 'win32')).not.toHaveProperty('Path');
    expect(plain(env, { env: { PATH: '/' } }, {}, 'linux')).toMatchObject({ ...env, PATH: '/' });
  });

  it('joins options of BentoML from the environment or the files with those of the settings', () => {
    const options = (env: NodeJS.ProcessEnv, files: Record<string, string>): unknown =>
      plain(env, { env: {}, bentomlConfigOptions: { b: 2 } }, files, 'linux')[
        'BENTOML_CONFIG_OPTIONS'
      ];
    expect(options({ BENTOML_CONFIG_OPTIONS: 'a=1' }, {})).toBe('a=1 b=2');
    expect(options({ BENTOML_CONFIG_OPTIONS: 'a=1' }, { BENTOML_CONFIG_OPTIONS: 'c=3' })).toBe(
      'c=3 b=2',
    );
  });
});
