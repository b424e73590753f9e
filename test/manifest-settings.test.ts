import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseFolderSettings } from '../src/core/settings/parse-folder-settings';
import { rawSettings } from '../src/core/settings/raw-settings';
import { folderSettings } from '../src/core/settings/declarations/folder-settings';
import { defaultSettings } from '../src/core/settings/default-settings';
import { OverridesExpander } from '../src/core/settings/expand-overrides';
import { mergeSettings } from '../src/core/settings/merge-settings';
import { ProblemList } from '../src/core/settings/problem-list';
import { entrySchema, restrictedSettings, settingKeys } from '../src/core/settings/schema';
import { schemaOf } from '../src/core/settings/setting-schema';
import { linuxContext } from './core/settings/settings-contexts';

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly propertyNames?: JsonSchema;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

interface Setting extends JsonSchema {
  readonly default: unknown;
  readonly scope: string;
  readonly order: number;
}

interface Manifest {
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: unknown;
      readonly restrictedConfigurations: readonly string[];
    };
  };
  readonly contributes: {
    readonly configuration: readonly {
      readonly title: string;
      readonly properties: Readonly<Record<string, Setting>>;
    }[];
  };
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
const manifest = read('package.json') as Manifest;
const texts = read('package.nls.json') as Readonly<Record<string, string>>;

const settings = Object.assign(
  {},
  ...manifest.contributes.configuration.map(({ properties }) => properties),
) as Readonly<Record<string, Setting>>;
const setting = (key: string): Setting => {
  const found = settings[`serveBento.${key}`];
  if (found === undefined) throw new Error(`${key} is not in the manifest`);
  return found;
};

/** What of a schema limits values, in one form for zod's and the manifest's. Patterns are zod's alone. */
const limits = ['enum', 'minimum', 'maximum', 'maxLength', 'maxItems', 'required'] as const;

function essence(schema: JsonSchema): unknown {
  const { items, properties, additionalProperties, propertyNames } = schema;
  if (schema.anyOf !== undefined) {
    const parts = schema.anyOf.map((part) => essence(part) as { types: string[] });
    return Object.assign({}, ...parts, {
      types: parts.flatMap(({ types }) => types).sort(),
    }) as unknown;
  }
  return {
    types: [schema.type ?? []].flat().sort(),
    ...Object.fromEntries(limits.flatMap((key) => (key in schema ? [[key, schema[key]]] : []))),
    ...(items && { items: essence(items) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, essence(property)]),
      ),
    }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === 'object'
          ? essence(additionalProperties)
          : additionalProperties,
    }),
    ...(propertyNames && {
      propertyNames: { pattern: propertyNames['pattern'], maxLength: propertyNames['maxLength'] },
    }),
  };
}

const jsonSchema = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: 'input' }) as unknown as JsonSchema;

function schemaOfSetting(key: string): JsonSchema {
  const found = key
    .split('.')
    .reduce<JsonSchema | undefined>(
      (schema, part) => schema?.properties?.[part],
      jsonSchema(schemaOf(folderSettings)),
    );
  if (found === undefined) throw new Error(`${key} is not in the schema`);
  return found;
}

describe('the settings of the manifest', () => {
  it('are those of the schema', () => {
    const declared = Object.keys(settings).map((name) => name.replace(/^serveBento\./, ''));
    expect(declared.sort()).toEqual([...settingKeys].sort());
  });

  it.each(settingKeys.filter((key) => key !== 'bentos'))(
    '%s has the limits of the schema',
    (key) => {
      expect(essence(setting(key))).toEqual(essence(schemaOfSetting(key)));
    },
  );

  it('bentos has the items of the schema', () => {
    const { items, ...list } = setting('bentos');
    expect(essence(items ?? {})).toEqual(essence(jsonSchema(entrySchema())));
    expect({ ...(essence(list) as object), items: { types: [] } }).toEqual(
      essence(schemaOfSetting('bentos')),
    );
  });

  it('have the defaults that are in force where nothing is set', () => {
    const nested = rawSettings(
      { get: (key) => setting(key).default, inspect: () => undefined },
      true,
    );
    const declared = parseFolderSettings(nested, linuxContext);
    expect(declared).toEqual(parseFolderSettings({}, linuxContext));
    expect(declared.problems).toEqual([]);
    // Default values are never parsed with their schema, so they are checked here.
    const { bentos, profiles, watch, ...overrides } = schemaOf(folderSettings).parse(nested);
    expect({ bentos, profiles, watch }).toEqual({ bentos: [], profiles: {}, watch: {} });
    const expanded = new OverridesExpander(linuxContext, new ProblemList()).expand(overrides, []);
    expect(mergeSettings(defaultSettings, expanded)).toEqual(defaultSettings);
  });

  it.each(settingKeys)('%s is found by a search: it has no tag', (key) => {
    expect(setting(key)).not.toHaveProperty('tags');
  });

  it('are in groups with titles', () => {
    const titles = manifest.contributes.configuration.map(
      ({ title }) => texts[title.replaceAll('%', '')],
    );
    expect(titles).toEqual([
      ...['General', 'HTTP', 'gRPC', 'Runners', 'TLS', 'Environment', 'Health', 'Performance'],
    ]);
  });

  it.each(settingKeys)('%s has a scope, and a description whose first sentence is short', (key) => {
    const { scope, markdownDescription } = setting(key);
    expect(['resource', 'window', 'machine-overridable']).toContain(scope);
    expect(markdownDescription).toBe(`%serveBento.${key}.description%`);
    const [first = ''] = (texts[`serveBento.${key}.description`] ?? '').split(/[.;:](?:\s|$)/);
    expect(first.length).toBeLessThanOrEqual(120);
  });

  it('name only texts that exist, and all texts of settings are named', () => {
    const used = new Set(
      [...JSON.stringify(manifest).matchAll(/"%([^%"]+)%"/g)].flatMap(([, key]) => key ?? []),
    );
    const ofSettings = (key: string): boolean =>
      /^configuration\.|^serveBento\..+\.description$/.test(key);
    expect([...used].filter(ofSettings).sort()).toEqual(
      Object.keys(texts).filter(ofSettings).sort(),
    );
  });

  it('restrict the same ones in untrusted workspaces as the code does', () => {
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    expect(supported).toBe('limited');
    expect([...restrictedConfigurations].sort()).toEqual(
      restrictedSettings.map((key) => `serveBento.${key}`).sort(),
    );
    for (const key of restrictedSettings) expect(settingKeys).toContain(key);
  });
});
