import { bentoSettings } from './declarations/bento-settings';
import { withoutPrototype } from './merge-settings';
import { isPlainObject } from './plain-copy';
import type { ServeSettings } from './serve-settings';
import { isField, isSetting, type SettingTree } from './setting';

/** The settings in effect where nothing is set. */
export const defaultSettings = defaultsOf(bentoSettings) as ServeSettings;

function defaultsOf(tree: SettingTree): object {
  const defaults: Record<string, unknown> = {};
  for (const [name, node] of Object.entries(tree)) {
    if (!isField(node)) defaults[name] = defaultsOf(node);
    else if (isSetting(node) && node.default !== null && node.default !== '') {
      const value = node.default;
      defaults[name] = isPlainObject(value) ? withoutPrototype(value) : value;
    }
  }
  return defaults;
}
