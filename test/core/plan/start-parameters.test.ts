import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parametersFile, parametersPage } from '../../../scripts/parameters-table.mts';
import { missingParameter } from '../../../src/core/plan/missing-parameter';
import { startParameters } from '../../../src/core/plan/start-parameters';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import { entrySchema, settingKeys } from '../../../src/core/settings/schema';

const { http } = defaultSettings;

describe('the table of start parameters', () => {
  it('names settings that there are', () => {
    const runner = Object.keys(entrySchema.shape.runners.unwrap().valueType.shape);
    const known = new Set([
      ...settingKeys,
      ...runner.map((key) => `runners.NAME.${key}`),
      ...Object.keys(entrySchema.shape).map((key) => `bentos[].${key}`),
    ]);
    const named = Object.values(startParameters)
      .flatMap((parameters) => Object.values(parameters))
      .flatMap(({ setting }) => setting ?? []);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((setting) => !known.has(setting))).toEqual([]);
  });

  it('is the page in docs (else: npm run settings-table)', async () => {
    expect(readFileSync(parametersFile, 'utf8')).toBe(await parametersPage());
  });
});

describe('a setting that a version has no parameter for', () => {
  it.each(['1.0.25', '1.1.11'])('is refused for %s', (version) => {
    expect(missingParameter({ http: { ...http, keepAliveTimeout: 5 } }, version)).toEqual({
      code: 'settings',
      message: `serveBento.http.keepAliveTimeout needs BentoML 1.2 or later, and this is ${version}: remove the setting, or choose an environment with a later version.`,
    });
  });

  it.each(['1.2.0', '1.3.22', '1.4.38'])('is none for %s', (version) => {
    expect(missingParameter({ http: { ...http, keepAliveTimeout: 5 } }, version)).toBeUndefined();
  });

  it('is none when it is not set', () => {
    expect(missingParameter({ http: { ...http, backlog: 99 } }, '1.0.25')).toBeUndefined();
  });
});
