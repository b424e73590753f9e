import { describe, expect, it } from 'vitest';
import { parseFolderSettings } from '../../../src/core/settings/parse-folder-settings';
import {
  rawSettings,
  usersOwnSettings,
  type ConfigurationLike,
} from '../../../src/core/settings/raw-settings';
import { linuxContext } from './settings-contexts';

const configuration = (
  workspace: Record<string, unknown>,
  user: Record<string, unknown> = {},
): ConfigurationLike => ({
  get: (key) => workspace[key] ?? user[key],
  inspect: (key) => ({ globalValue: user[key] }),
});

describe('rawSettings', () => {
  const workspace = {
    pythonPath: './evil',
    'http.host': '0.0.0.0',
    'http.port': 8000,
    'grpc.enabled': true,
    bentos: [{ bento: '.', pythonPath: './evil' }],
    env: { PATH: '/evil' },
  };

  it('nests every setting as its name says', () => {
    const raw = rawSettings(configuration(workspace), true);
    const { defaults, bentos, problems } = parseFolderSettings(raw, linuxContext);
    expect(problems).toEqual([]);
    expect(defaults).toMatchObject({
      http: { host: '0.0.0.0', port: 8000 },
      grpc: { enabled: true },
    });
    expect(bentos).toHaveLength(1);
  });

  it('takes only what the user set of restricted settings while the workspace is untrusted', () => {
    const raw = rawSettings(configuration(workspace, { pythonPath: '/usr/bin/python3' }), false);
    const { defaults, bentos } = parseFolderSettings(raw, linuxContext);
    expect(defaults).toMatchObject({
      pythonPath: '/usr/bin/python3',
      http: { port: 8000 },
      env: {},
    });
    expect(defaults.http).not.toHaveProperty('host');
    expect(bentos).toEqual([]);
  });

  it('tells what the user has set apart from what the workspace says', () => {
    const own = configuration(workspace, { pythonPath: '/usr/bin/python3' });
    const { defaults, bentos } = parseFolderSettings(usersOwnSettings(own), linuxContext);
    expect(defaults).toMatchObject({
      pythonPath: '/usr/bin/python3',
      env: {},
    });
    expect(defaults.http).not.toHaveProperty('host', '0.0.0.0');
    expect(defaults.http.port).toBeUndefined();
    expect(bentos).toEqual([]);
  });
});
