import { describe, expect, it } from 'vitest';
import { entryFields } from '../../../src/core/settings/declarations/bentos';
import { folderSettings } from '../../../src/core/settings/declarations/folder-settings';
import { runnerFields } from '../../../src/core/settings/declarations/runners';
import { parseFolderSettings } from '../../../src/core/settings/parse-folder-settings';
import { fieldsOf, isSetting, type Field } from '../../../src/core/settings/setting';
import { linuxContext } from './settings-contexts';

const settings = fieldsOf(folderSettings).map(([path, field]) => [path.join('.'), field] as const);

const nested = (path: readonly string[], value: unknown): unknown =>
  path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);

const problemsOf = (raw: unknown): readonly unknown[] =>
  parseFolderSettings(raw, linuxContext).problems;

describe('a declared setting', () => {
  it.each(settings)('%s has an example and a default that are valid', (name, field) => {
    const path = name.split('.');
    expect(isSetting(field)).toBe(true);
    if (!isSetting(field)) return;
    expect(problemsOf(nested(path, field.default))).toEqual([]);
    expect(problemsOf(nested(path, field.example))).toEqual([]);
    expect(field.example).not.toEqual(field.default);
  });

  it.each(fieldsOf(runnerFields))('runners.NAME.%s has a valid example', ([name = ''], field) => {
    expect(problemsOf({ runners: { upper: { [name]: field.example } } })).toEqual([]);
  });

  it.each(fieldsOf(entryFields))('bentos[].%s has a valid example', ([name = ''], field) => {
    expect(problemsOf({ bentos: [{ bento: '.', [name]: field.example }] })).toEqual([]);
  });

  it.each(settings)('%s can be overridden in an entry and in a profile', (name, field: Field) => {
    const path = name.split('.');
    if (['bentos', 'profiles', 'watch'].includes(name)) return;
    const one = nested(path, field.example) as object;
    expect(problemsOf({ bentos: [{ bento: '.', ...one }], profiles: { one } })).toEqual([]);
  });
});
