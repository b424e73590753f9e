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
  'profiles',
  'watch',
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
  ...settingKeys.filter((key) => /^(?:http|grpc)\.tls\./.test(key)),
];

/** One folder's values, nested as `parseFolderSettings` takes them. */
export function rawSettings(configuration: ConfigurationLike, trusted: boolean): object {
  const raw: Record<string, unknown> = {};
  for (const key of settingKeys) {
    const value =
      trusted || !restrictedSettings.includes(key)
        ? configuration.get(key)
        : usersOwn(configuration.inspect(key));
    put(raw, key.split('.'), value);
  }
  return raw;
}

/** Of one folder's values those that the user has set, for the same reader. */
export function usersOwnSettings(configuration: ConfigurationLike): object {
  const raw: Record<string, unknown> = {};
  for (const key of settingKeys) {
    put(raw, key.split('.'), usersOwn(configuration.inspect(key)));
  }
  return raw;
}

function put(into: Record<string, unknown>, [name = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) into[name] = value;
  else put((into[name] ??= {}) as Record<string, unknown>, rest, value);
}

const usersOwn = (inspected: ReturnType<ConfigurationLike['inspect']>): unknown =>
  inspected?.globalValue ?? inspected?.defaultValue;
