import { expect, it } from 'vitest';
import { engineAddress } from '../../../../src/core/target/engine/engine-address';
import { publishedAddress } from '../../../../src/core/target/containers/published-address';

it.each([
  ['http://127.0.0.1:3000', 'http', '127.0.0.1', 3000],
  ['https://search.local:443', 'https', 'search.local', 443],
  ['https://search.local', 'https', 'search.local', 443],
  ['http://search.local/', 'http', 'search.local', 80],
  ['http://[::1]:80', 'http', '::1', 80],
  ['grpc://[fe80::1]:50051', 'grpc', 'fe80::1', 50051],
  ['grpcs://localhost:50051', 'grpcs', 'localhost', 50051],
  ['HTTP://localhost:1', 'http', 'localhost', 1],
] as const)('reads %s', (text, scheme, host, port) => {
  expect(engineAddress(text)).toEqual({ scheme, host, port });
});

it.each([
  ...['', 'search', '3000', '127.0.0.1:3000', 'http://', 'http://:3000', 'http://[::1:3000'],
  // Only web addresses have a port of their own.
  ...['grpc://127.0.0.1', 'grpc://[::1]:', 'grpcs://localhost'],
  ...['http://localhost:0', 'http://localhost:65536', 'http://localhost:999999', 'http://h:-1'],
  ...['http://user:secret@localhost:3000', 'http://localhost:3000/path', 'http://localhost?x'],
  ...['javascript:alert(1)', 'file:///etc/passwd', 'vscode://settings:1', 'http://a b:1'],
  ...['http://localhost:3000\n', 'http://‮evil:3000', 'http://h:3000#x', ' http://h:3000'],
])('does not take %j for an address', (text) => {
  expect(engineAddress(text)).toBeUndefined();
});

it.each([
  ['http', '0.0.0.0', 'http://127.0.0.1:3000'],
  ['http', '::', 'http://[::1]:3000'],
  ['http', '192.168.1.7', 'http://192.168.1.7:3000'],
  ['grpc', '::1', 'grpc://[::1]:3000'],
] as const)('reads what is published for %s on %s', (kind, host, address) => {
  const workload = { kind, published: { host, port: 3000 }, tlsFiles: [] };
  const probe = { kind: 'http', scheme: 'http' } as Parameters<typeof publishedAddress>[0]['probe'];
  const published = publishedAddress({ ...workload, probe }) ?? '';
  expect(published).toBe(address);
  expect(engineAddress(published)).toMatchObject({ scheme: kind, port: 3000 });
});
