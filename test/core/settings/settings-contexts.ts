import type { SettingsContext } from '../../../src/core/settings/settings-context';

export const linuxContext: SettingsContext = {
  workspaceFolder: '/projects/fraud',
  userHome: '/home/ada',
  env: { MODELS: '/srv/models', EMPTY: '' },
  platform: 'linux',
};

export const windowsContext: SettingsContext = {
  workspaceFolder: 'C:\\projects\\fraud',
  userHome: 'C:\\Users\\ada',
  env: { Models: 'D:\\models' },
  platform: 'win32',
};
