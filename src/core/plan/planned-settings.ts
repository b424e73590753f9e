import { bentoSettings } from '../settings/declarations/bento-settings';
import type { ServeSettings } from '../settings/serve-settings';
import { fieldsOf, isField, type Field, type SettingTree } from '../settings/setting';
import type { Effective, PlannedTree } from '../settings/setting-values';

/** The values that BentoML has to know to plan. */
export type PlannedValues = Effective<PlannedTree<typeof bentoSettings>>;

/** The settings that contain them. */
export type PlannedSettings = Pick<ServeSettings, keyof PlannedValues>;

type Values = Readonly<Record<string, unknown>>;

/** Picks the values of the settings that are declared as planned. */
export const plannedValues = (settings: PlannedSettings): PlannedValues =>
  pick(bentoSettings, settings) as PlannedValues;

function pick(tree: SettingTree, values: Values): Values {
  const picked: Record<string, unknown> = {};
  for (const [name, node] of Object.entries(tree)) {
    const value = values[name];
    if (value === undefined || !isPlanned(node)) continue;
    if (!isField(node)) picked[name] = pick(node, value as Values);
    else picked[name] = pickFields(node, value);
  }
  return picked;
}

const isPlanned = (node: Field | SettingTree): boolean =>
  isField(node) ? node.planned === true : fieldsOf(node).some(([, field]) => isPlanned(field));

function pickFields({ type: { fields } }: Field, value: unknown): unknown {
  if (fields === undefined) return value;
  return Object.fromEntries(
    Object.entries(value as Values).map(([name, object]) => [name, pick(fields, object as Values)]),
  );
}
