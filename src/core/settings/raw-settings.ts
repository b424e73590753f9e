import { restrictedSettings, settingKeys } from './schema';

/** The part of `vscode.WorkspaceConfiguration` that reading needs: section `serveBento`, scoped to the folder. */
export interface ConfigurationLike {
  get(key: string): unknown;
  inspect(
    key: string,
  ): { readonly defaultValue?: unknown; readonly globalValue?: unknown } | undefined;
}

/** Reads the values of one folder, nested as `parseFolderSettings` expects them. */
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

/** Reads only the values that come from the user settings, in the same form. */
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
