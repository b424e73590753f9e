import { expect, it } from 'vitest';
import { exposedHosts } from '../../../src/core/serve/exposure';
import { defaultSettings } from '../../../src/core/settings/default-settings';

const settings = (http: string, grpc: string, withGrpc = true, runners = {}) => ({
  http: { enabled: true, host: http },
  grpc: { ...defaultSettings.grpc, enabled: withGrpc, host: grpc },
  runners,
});

it.each([
  [settings('127.0.0.1', '::1'), []],
  [settings('127.9.9.9', '127.0.0.1'), []],
  [settings('0.0.0.0', '0.0.0.0'), ['0.0.0.0']],
  [settings('::', '192.168.1.7'), ['::', '192.168.1.7']],
  [settings('127.0.0.1', '0.0.0.0', false), []],
  [settings('127.0.0.1', '127.0.0.1', true, { upper: { workers: 2 } }), []],
  [settings('127.0.0.1', '127.0.0.1', true, { upper: { host: '::' } }), ['::']],
])('of %j others can reach %j', (given, expected) => {
  expect(exposedHosts(given)).toEqual(expected);
});
