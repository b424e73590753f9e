import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/core/plan/plan';
import {
  addressesOverlap,
  exposures,
  localExposures,
  refuseWildcards,
  type Exposure,
} from '../../../src/core/exposure/exposure';
import type { Launcher } from '../../../src/core/plan/launcher';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import type { RunnerSettings, ServeSettings } from '../../../src/core/settings/serve-settings';

const { http, grpc } = defaultSettings;

const settings = (
  own: Partial<ServeSettings['http']>,
  ofGrpc: Partial<ServeSettings['grpc']> = {},
  runners: Readonly<Record<string, RunnerSettings>> = {},
) => ({ http: { ...http, ...own }, grpc: { ...grpc, ...ofGrpc }, runners });

const nobody = { runners: {} };

describe('the addresses of HTTP and gRPC', () => {
  it.each<[string, string, Launcher?]>([
    ['127.0.0.1', '127.0.0.1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.2'],
    ['127.0.0.1', '0.0.0.0'],
    ['127.0.0.1', '::ffff:0.0.0.0'],
    ['::', '::1'],
    ['127.0.0.1', '::'],
    ['::1', '::'],
    ['::', '127.0.0.1', 'cli'],
  ])('overlap: %s and %s', (one, other, launcher = 'workers') => {
    expect(addressesOverlap(one, other, launcher)).toBe(true);
  });

  it.each([
    ['127.0.0.1', '127.0.0.2'],
    ['127.0.0.1', '::1'],
    ['0.0.0.0', '::1'],
    ['::', '127.0.0.1'],
  ])('do not overlap: %s and %s', (one, other) => {
    expect(addressesOverlap(one, other, 'workers')).toBe(false);
  });
});

describe('what a bento exposes', () => {
  it.each<[string, ReturnType<typeof settings>, readonly Exposure[]]>([
    ['loopback', settings({}, { enabled: true, host: '::1' }), []],
    ['all of 127', settings({ host: '127.9.9.9' }), []],
    ['::1 in full', settings({ host: '0:0:0:0:0:0:0:1' }), []],
    ['a server that is off', settings({}, { enabled: false, host: '0.0.0.0' }), []],
    [
      'runners on sockets and loopback',
      settings({}, {}, { a: { workers: 2 }, b: { host: '::1', port: 1 } }),
      [],
    ],
    [
      'HTTP on a port',
      settings({ host: '0.0.0.0', port: 8000 }),
      [{ kind: 'service', component: 'http', host: '0.0.0.0', port: 8000 }],
    ],
    [
      'both servers on ports of their own',
      settings({ host: '0.0.0.0', port: 8000 }, { enabled: true, host: '0.0.0.0' }),
      [
        { kind: 'service', component: 'http', host: '0.0.0.0', port: 8000 },
        { kind: 'service', component: 'grpc', host: '0.0.0.0' },
      ],
    ],
    [
      'a runner on the address that HTTP has',
      settings({ host: '0.0.0.0', port: 8000 }, {}, { upper: { host: '0.0.0.0', port: 8001 } }),
      [
        { kind: 'service', component: 'http', host: '0.0.0.0', port: 8000 },
        { kind: 'code', component: 'upper', host: '0.0.0.0', port: 8001 },
      ],
    ],
    [
      'a mapped loopback address, which not every system keeps to itself',
      settings({ host: '::ffff:127.0.0.1' }),
      [{ kind: 'service', component: 'http', host: '::ffff:127.0.0.1' }],
    ],
    [
      'a remote runner, also on loopback; nothing listens for it',
      settings({}, {}, { upper: { remote: 'tcp://127.0.0.1:9', host: '0.0.0.0' } }),
      [{ kind: 'remote', component: 'upper', host: 'tcp://127.0.0.1:9' }],
    ],
  ])('%s', (_, own, expected) => {
    expect(exposures(own, nobody)).toEqual(expected);
  });

  it('has no remote runner that the user named', () => {
    const own = settings({}, {}, { upper: { remote: 'tcp://10.0.0.7:9' } });
    expect(exposures(own, { runners: { upper: { remote: 'tcp://10.0.0.7:9' } } })).toEqual([]);
    expect(exposures(own, { runners: { upper: { remote: 'tcp://10.0.0.8:9' } } })).toHaveLength(1);
    expect(exposures(own, { runners: { lower: { remote: 'tcp://10.0.0.7:9' } } })).toHaveLength(1);
  });
});

describe('a runner on every address of the machine', () => {
  it.each(['0.0.0.0', '::', '0:0:0:0:0:0:0:0', '::0', '::ffff:0.0.0.0'])(
    '%s is refused',
    (host) => {
      const own = settings({}, {}, { upper: { host } });
      expect(() => refuseWildcards(exposures(own, nobody), nobody)).toThrow(
        expect.objectContaining({
          code: 'settings',
          message: expect.stringMatching(/upper.*run code as you.*serveBento\.runners/),
        }) as Error,
      );
    },
  );

  it('is the decision of the user', () => {
    const own = settings({}, {}, { upper: { host: '0.0.0.0' } });
    const exposed = exposures(own, own);
    expect(() => refuseWildcards(exposed, own)).not.toThrow();
    expect(exposed, 'asked about all the same').toHaveLength(1);
    const other = { runners: { upper: { host: '::' } } };
    expect(() => refuseWildcards(exposed, other)).toThrow();
  });

  it('is no matter of HTTP, nor of one address', () => {
    const own = settings({ host: '0.0.0.0' }, {}, { upper: { host: '192.168.1.7' } });
    expect(() => refuseWildcards(exposures(own, nobody), nobody)).not.toThrow();
  });
});

describe('a runner or dependency service on a port of this machine', () => {
  const plan = {
    components: [
      { kind: 'http', name: 'Search' },
      { kind: 'service', name: 'Inner' },
      { kind: 'runner', name: 'upper' },
      { kind: 'runner', name: 'triton', listens: 'grpc' },
      { kind: 'service', name: 'Elsewhere', remote: 'http://10.0.0.7:9' },
    ],
  } as unknown as Plan;
  const found = (
    internalTransport: ServeSettings['internalTransport'],
    runners: ServeSettings['runners'] = {},
    launcher: 'workers' | 'cli' = 'workers',
  ) => localExposures({ internalTransport, runners }, plan, launcher);

  it('is asked about where the settings want TCP', () => {
    const host = '127.0.0.1';
    expect(found('tcp')).toEqual([
      { kind: 'local', component: 'Inner', host },
      { kind: 'local', component: 'upper', host },
    ]);
    expect(found('auto', { Inner: { port: 9000 }, upper: { host: '::1' } })).toEqual([
      { kind: 'local', component: 'Inner', host, port: 9000 },
      { kind: 'local', component: 'upper', host: '::1' },
    ]);
  });

  it('is no question on private sockets, on other addresses, and where the launcher has only ports', () => {
    expect(found('auto', { Inner: { workers: 2 } })).toEqual([]);
    expect(found('unix')).toEqual([]);
    expect(found('auto', { Inner: { host: '192.168.1.7' } })).toEqual([]);
    expect(found('tcp', {}, 'cli')).toEqual([]);
  });
});
