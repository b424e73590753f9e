import { expect, it } from 'vitest';
import { exposedHosts } from '../../../src/core/serve/exposure';

const settings = (http: string, grpc: string, withGrpc = true) => ({
  http: { enabled: true, host: http },
  grpc: { enabled: withGrpc, host: grpc, reflection: false },
});

it.each([
  [settings('127.0.0.1', '::1'), []],
  [settings('127.9.9.9', '127.0.0.1'), []],
  [settings('0.0.0.0', '0.0.0.0'), ['0.0.0.0']],
  [settings('::', '192.168.1.7'), ['::', '192.168.1.7']],
  [settings('127.0.0.1', '0.0.0.0', false), []],
])('of %j others can reach %j', (given, expected) => {
  expect(exposedHosts(given)).toEqual(expected);
});
