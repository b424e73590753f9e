import { settingKeys } from './schema';

/** Of `vscode.WorkspaceConfiguration` (section `serveBento`, scope the folder) what reading needs. */
export interface ConfigurationLike {
  get(key: string): unknown;
  inspect(
    key: string,
  ): { readonly defaultValue?: unknown; readonly globalValue?: unknown } | undefined;
}

/**
 * Settings that choose what is run or who can reach it. The manifest restricts them in untrusted workspaces,
 * and so do we: VS Code's own check could be passed with nested objects (vscode #335112).
 */
export const restrictedSettings: readonly string[] = [
  'pythonPath',
  'bentos',
  'http.host',
  'grpc.host',
  'runners',
  'internalTransport',
  'env',
  'envFile',
  'bentomlHome',
  'bentomlConfig',
  'bentomlConfigOptions',
  'args',
  'launcher',
  'warmUp',
  'preload',
];

/** One folder's values, nested as `parseFolderSettings` takes them. */
export function rawSettings(configuration: ConfigurationLike, trusted: boolean): object {
  const raw: Record<string, unknown> = {};
  for (const key of settingKeys) {
    const value =
      trusted || !restrictedSettings.includes(key)
        ? configuration.get(key)
        : usersOwn(configuration.inspect(key));
    const [name = key, member] = key.split('.');
    if (member === undefined) raw[name] = value;
    else raw[name] = { ...(raw[name] as object | undefined), [member]: value };
  }
  return raw;
}

const usersOwn = (inspected: ReturnType<ConfigurationLike['inspect']>): unknown =>
  inspected?.globalValue ?? inspected?.defaultValue;
