import type { Problem } from '../model';
import { isAtLeast } from '../interpreter/supported-versions';
import { settingName } from '../settings/problem-list';
import { registeredSetting } from '../settings/registered-setting';
import { bentoSettings } from '../settings/declarations/bento-settings';
import { defaultSettings } from '../settings/default-settings';
import type { ServeSettings } from '../settings/serve-settings';
import { fieldsOf } from '../settings/setting';
import { problemTexts, say } from '../messages/message';

/** The first setting in effect that this BentoML does not support. */
export function missingParameter(
  settings: ServeSettings,
  bentomlVersion: string,
): Problem | undefined {
  for (const [path, { since }] of fieldsOf(bentoSettings)) {
    if (since === undefined || isAtLeast(bentomlVersion, since)) continue;
    if (valueAt(settings, path) === valueAt(defaultSettings, path)) continue;
    return {
      code: 'settings',
      setting: registeredSetting(path),
      ...problemTexts(
        say('settingNeedsVersion', { setting: settingName(path), since, version: bentomlVersion }),
      ),
    };
  }
  return undefined;
}

/** As JSON, so that tables are compared by their entries. */
const valueAt = (settings: ServeSettings, path: readonly string[]): string =>
  JSON.stringify(
    path.reduce<unknown>(
      (value, name) => (value as Readonly<Record<string, unknown>>)[name],
      settings,
    ) ?? null,
  );
