import { restrictedSettings, settingKeys } from './schema';

/** Of `vscode.WorkspaceConfiguration` (section `serveBento`, scope the folder) what reading needs. */
export interface ConfigurationLike {
  get(key: string): unknown;
  inspect(
    key: string,
  ): { readonly defaultValue?: unknown; readonly globalValue?: unknown } | undefined;
}

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
