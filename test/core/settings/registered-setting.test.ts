import { expect, it } from 'vitest';
import { registeredSetting } from '../../../src/core/settings/registered-setting';
import { settingKeys } from '../../../src/core/settings/schema';

it.each(settingKeys)('a setting is registered by its own name: %s', (key) => {
  expect(registeredSetting(key.split('.'))).toBe(`serveBento.${key}`);
});

it.each([
  [['bentos', 1, 'grpc', 'port'], 'serveBento.bentos'],
  [['runners', 'upper', 'remote'], 'serveBento.runners'],
  [['watch', 'Shop', 1], 'serveBento.watch'],
  [['http', 'tls', 'certFile', 'x'], 'serveBento.http.tls.certFile'],
  [['http'], 'serveBento.http.*'],
  [['http', 'prot'], 'serveBento.http.*'],
  [['constructor'], 'serveBento.*'],
])('%j is found in the settings editor as %s', (path, wanted) => {
  expect(registeredSetting(path)).toBe(wanted);
});
