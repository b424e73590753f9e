import { bentoSettings } from '../../src/core/settings/declarations/bento-settings';
import { entryFields } from '../../src/core/settings/declarations/bentos';
import { folderSettings } from '../../src/core/settings/declarations/folder-settings';
import { restrictedSettings } from '../../src/core/settings/schema';
import {
  fieldsOf,
  isField,
  isSetting,
  settingGroups,
  type Field,
  type Setting,
  type SettingGroupId,
  type SettingTree,
} from '../../src/core/settings/setting';
import { jsonSchemaOf, type JsonSchema } from './json-schema.mts';

export const section = 'serveBento';

interface Manifest {
  readonly contributes: Readonly<Record<string, unknown>>;
  readonly capabilities: {
    readonly untrustedWorkspaces: Readonly<Record<string, unknown>>;
  };
}

/** Puts the declared settings into the text of package.json. */
export function withSettings(text: string): string {
  const manifest = JSON.parse(text) as Manifest;
  const { contributes, capabilities } = manifest;
  const restrictedConfigurations = restrictedSettings.map((key) => `${section}.${key}`);
  const generated = {
    ...manifest,
    capabilities: {
      ...capabilities,
      untrustedWorkspaces: { ...capabilities.untrustedWorkspaces, restrictedConfigurations },
    },
    contributes: { ...contributes, configuration: settingGroups.map(configurationOf) },
  };
  return `${JSON.stringify(generated, null, 2)}\n`;
}

/** The settings of a group by their full names. */
export const settingsIn = (group: SettingGroupId): readonly (readonly [string, Setting])[] =>
  fieldsOf(folderSettings).flatMap(([path, field]) =>
    isSetting(field) && field.group === group
      ? [[[section, ...path].join('.'), field] as const]
      : [],
  );

const configurationOf = (group: SettingGroupId, index: number): object => ({
  title: `%configuration.${group}.title%`,
  order: index,
  properties: Object.fromEntries(
    settingsIn(group).map(([name, setting], order) => [name, propertyOf(name, setting, order)]),
  ),
});

function propertyOf(name: string, setting: Setting, order: number): object {
  const { default: value, scope = 'resource' } = setting;
  const { markdownDescription, ...schema } = describedSchema(name, setting);
  return { ...schema, default: value, scope, order, markdownDescription };
}

/**
 * The schema of a field, with its description and those of its choices. The shapes of entries and profiles are copied
 * in full: VS Code supports no `$ref` in `contributes.configuration` (vscode #68884).
 */
function describedSchema(name: string, field: Field): JsonSchema {
  const { type } = field;
  const schema = jsonSchemaOf(type.schema);
  const described: JsonSchema = {
    ...schema,
    ...(schema.enum && {
      markdownEnumDescriptions: schema.enum.map((value) => `%${name}.${value}.description%`),
    }),
    markdownDescription: `%${name}.description%`,
  };
  switch (name) {
    case `${section}.bentos`:
      return { ...described, items: entrySchema() };
    case `${section}.profiles`:
      return { ...described, additionalProperties: objectSchema(bentoSettings, section) };
  }
  return type.fields === undefined
    ? described
    : { ...described, additionalProperties: objectSchema(type.fields, name) };
}

const entrySchema = (): JsonSchema => {
  const { properties: own } = objectSchema(entryFields, `${section}.bentos`);
  const { properties, ...schema } = objectSchema(bentoSettings, section);
  return {
    ...schema,
    properties: { ...own, ...properties },
    required: ['bento'],
    defaultSnippets: [{ body: { bento: `\${1:${entryFields.bento.example}}` } }],
  };
};

const objectSchema = (tree: SettingTree, prefix: string): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(tree).map(([name, node]) => {
      const full = `${prefix}.${name}`;
      return [name, isField(node) ? describedSchema(full, node) : objectSchema(node, full)];
    }),
  ),
  additionalProperties: false,
});
