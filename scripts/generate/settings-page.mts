import { entryFields } from '../../src/core/settings/declarations/bentos';
import { runnerFields } from '../../src/core/settings/declarations/runners';
import {
  fieldsOf,
  isSetting,
  settingGroups,
  type Field,
  type SettingGroupId,
  type SettingTree,
} from '../../src/core/settings/setting';
import { jsonSchemaOf } from './json-schema.mts';
import { jsonText } from './json-text.mts';
import { section, settingsIn } from './manifest.mts';
import { formatted, table, withPart } from './markdown.mts';

const markers = ['<!-- settings: made by "npm run generate" -->', '<!-- /settings -->'] as const;

type Texts = Readonly<Record<string, string>>;

/** Fields of tables and lists, which are shown below the settings of their group. */
const nested: Partial<Record<SettingGroupId, readonly [string, string, SettingTree]>> = {
  general: [`${section}.bentos`, `${section}.bentos[]`, entryFields],
  runners: [`${section}.runners`, `${section}.runners.NAME`, runnerFields],
};

/** Puts the tables of settings into docs/settings.md. `descriptions`: the text of package.nls.json. */
export async function settingsPage(page: string, descriptions: string): Promise<string> {
  const texts = JSON.parse(descriptions) as Texts;
  const parts = settingGroups.map((group) => {
    const title = texts[`configuration.${group}.title`] ?? '';
    return `## ${title}\n\n${tableOf(group, texts)}`;
  });
  return formatted('docs/settings.md', withPart(page, markers, `\n\n${parts.join('\n\n')}\n\n`));
}

function tableOf(group: SettingGroupId, texts: Texts): string {
  const [prefix, shown, tree] = nested[group] ?? ['', '', {}];
  const rows = [
    ...settingsIn(group).map(([name, setting]) => row(name, name, setting, texts)),
    ...fieldsOf(tree).map(([path, field]) => {
      const name = path.join('.');
      return row(`${shown}.${name}`, `${prefix}.${name}`, field, texts);
    }),
  ];
  return table(['Setting', 'Default', 'Allowed', 'Description'], rows);
}

const row = (shown: string, name: string, field: Field, texts: Texts): readonly string[] => [
  `\`${shown}\``,
  isSetting(field) ? `\`${jsonText(field.default)}\`` : '',
  allowed(field),
  described(name, field, texts),
];

function allowed({ type: { schema } }: Field): string {
  const { type = [], enum: choices, minimum, maximum } = jsonSchemaOf(schema);
  if (choices !== undefined) return choices.map((choice) => `\`${choice}\``).join(', ');
  const range = minimum === undefined ? '' : ` ${String(minimum)} to ${String(maximum)}`;
  return [type]
    .flat()
    .map((one) => (one === 'null' ? '`null`' : `${one}${range}`))
    .join(' or ');
}

/** In one line, with the names of other settings as code, and the meaning of each choice. */
function described(name: string, { type: { schema } }: Field, texts: Texts): string {
  const choices = jsonSchemaOf(schema).enum?.map(
    (choice) => `\`${choice}\`: ${texts[`${name}.${choice}.description`] ?? ''}`,
  );
  const text = texts[`${name}.description`] ?? '';
  // The choices are example enough.
  const [first = ''] = choices === undefined ? [text] : text.split('\n\nExample:');
  return [first, ...(choices ?? [])]
    .join(' ')
    .replace(/`#([\w.]+)#`/g, '`$1`')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}
