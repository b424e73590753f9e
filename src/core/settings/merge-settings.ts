import { bentoSettings } from './declarations/bento-settings';
import type { ExpandedOverrides } from './expand-overrides';
import type { ServeSettings } from './serve-settings';
import { isField, type Field, type SettingTree } from './setting';

type Values = Readonly<Record<string, unknown>>;

/** Merges setting by setting. `undefined` keeps the value of the base, `null` removes it. */
export function mergeSettings(base: ServeSettings, over: ExpandedOverrides): ServeSettings {
  return mergeTree(bentoSettings, base, over) as ServeSettings;
}

function mergeTree(tree: SettingTree, base: Values, over: Values): Values {
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const node = tree[name];
    if (node === undefined || value === undefined) continue;
    const own = isField(node)
      ? mergeField(node, base[name], value)
      : mergeTree(node, (base[name] ?? {}) as Values, value as Values);
    if (own === undefined) Reflect.deleteProperty(merged, name);
    else merged[name] = own;
  }
  return merged;
}

function mergeField({ type }: Field, base: unknown, over: unknown): unknown {
  switch (type.handling) {
    case 'variables':
      return withoutPrototype({ ...(base as Values), ...(over as Values) });
    case 'entries':
      return mergeEntries(base as Values, over as Values, (_, value) => value);
    case 'objects':
      return mergeEntries(base as Values, over as Values, (object = {}, fields) =>
        mergeTree(type.fields ?? {}, object as Values, fields as Values),
      );
    case 'plain':
    case 'path':
    case 'command':
    case 'paths':
      return over ?? undefined;
  }
}

function mergeEntries(
  base: Values,
  over: Values,
  merge: (base: unknown, over: unknown) => unknown,
): Values {
  const merged = withoutPrototype(base);
  for (const [name, value] of Object.entries(over)) {
    if (value === null) Reflect.deleteProperty(merged, name);
    else if (value !== undefined) merged[name] = merge(merged[name], value);
  }
  return merged;
}

/** Copies a table so that an entry called `constructor` is found only if there is one. */
export function withoutPrototype(table: Values): Record<string, unknown> {
  return Object.assign(Object.create(null) as Record<string, unknown>, table);
}
