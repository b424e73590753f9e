import { isDeepStrictEqual } from 'node:util';
import { bentoSettings } from './declarations/bento-settings';
import { withoutPrototype } from './merge-settings';
import { isPlainObject, plainCopy } from './plain-copy';
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

/** Leaves out the settings that have their default value. Most do, and they need no schema. */
export function withoutDefaults(tree: SettingTree, values: unknown): unknown {
  if (!isPlainObject(values)) return values;
  const set = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(values)) {
    const node = Object.hasOwn(tree, name) ? tree[name] : undefined;
    if (node === undefined) set[name] = value;
    else if (!isField(node)) set[name] = withoutDefaults(node, value);
    else if (!isSetting(node) || !isDeepStrictEqual(value, plainCopy(node.default))) {
      set[name] = value;
    }
  }
  return set;
}
