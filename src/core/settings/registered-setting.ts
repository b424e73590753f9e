import { folderSettings } from './declarations/folder-settings';
import { isField, type Field, type SettingTree } from './setting';

/**
 * The setting that the settings editor shows for a path in the settings: `serveBento.bentos` for
 * `bentos[1].http.port`. For a group, all settings in it: `serveBento.http.*`.
 */
export function registeredSetting(path: readonly (string | number)[]): string {
  let node: Field | SettingTree = folderSettings;
  const names = ['serveBento'];
  for (const part of path) {
    const child: Field | SettingTree | undefined =
      !isField(node) && Object.hasOwn(node, part) ? node[part] : undefined;
    if (child === undefined) break;
    names.push(String(part));
    node = child;
  }
  return [...names, ...(isField(node) ? [] : ['*'])].join('.');
}
