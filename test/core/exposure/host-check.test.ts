import { describe, expect, it } from 'vitest';
import type { Address } from '../../../src/core/address';
import type { Plan, PlannedComponent } from '../../../src/core/plan/plan';
import {
  acceptedHosts,
  askOnce,
  hostCheckEnv,
  needsHostCheck,
} from '../../../src/core/exposure/host-check';
import { ManualClock } from '../../support/manual-clock';
import { quietLog } from '../../support/quiet-log';

const affected = { generation: 'service', bentomlVersion: '1.3.22' } as const;
const address: Address = { kind: 'tcp', host: '127.0.0.1', port: 3000 };
const listening = { address };

describe('the check of the Host header', () => {
  it.each([
    ['1.3.3', false],
    ['1.3.4', true],
    ['1.4.2', true],
    ['1.4.3', false],
    ['1.4.38', false],
  ])('is for versions that unpickle requests: %s', (bentomlVersion, needed) => {
    expect(needsHostCheck({ ...affected, bentomlVersion }, listening)).toBe(needed);
  });

  it('is for class services on ports of the loopback interface, also with TLS', () => {
    expect(needsHostCheck({ ...affected, generation: 'legacy' }, listening)).toBe(false);
    const at = (own: Address): boolean => needsHostCheck(affected, { address: own });
    expect(at({ ...address, host: '::1' })).toBe(true);
    expect(at({ ...address, host: '127.1.2.3' })).toBe(true);
    expect(at({ ...address, host: '0.0.0.0' })).toBe(false);
    expect(at({ kind: 'unix', path: '/run/0.sock' })).toBe(false);
  });

  it('accepts forwarded hosts for the entry service, and asks for them only where it is needed', async () => {
    const asked: number[] = [];
    const hosts = (kind: PlannedComponent['kind'], bentomlVersion: string): Promise<unknown> =>
      acceptedHosts(
        { ...affected, bentomlVersion } as Plan,
        { kind } as PlannedComponent,
        listening,
        (port) => {
          asked.push(port);
          return Promise.resolve(['app.example']);
        },
      );
    expect(await hosts('http', '1.3.22')).toEqual(['app.example']);
    expect(await hosts('service', '1.3.22')).toEqual([]);
    expect(await hosts('http', '1.4.38')).toBeUndefined();
    expect(asked).toEqual([3000]);
  });

  it('accepts the name of the certificate that clients use', async () => {
    const hosts = (kind: PlannedComponent['kind']): Promise<unknown> =>
      acceptedHosts(
        affected as Plan,
        { kind } as PlannedComponent,
        { address, serverName: 'Search.Example' },
        () => Promise.resolve(['app.example']),
      );
    expect(await hosts('http')).toEqual(['search.example', 'app.example']);
    expect(await hosts('service')).toEqual([]);
  });

  it('is told to the processes that need it', () => {
    expect(hostCheckEnv(undefined)).toEqual({});
    expect(hostCheckEnv(['a.example', 'b.example'])).toEqual({
      SERVE_BENTO_FORWARDED_HOSTS: 'a.example,b.example',
    });
  });
});

describe('the hosts that VS Code forwards', () => {
  const log = quietLog();

  it('are asked for once, so that a restart accepts the same', async () => {
    let times = 0;
    const hosts = askOnce({
      clock: new ManualClock(),
      log,
      forwardedHosts: (port) => Promise.resolve([`${port}-${++times}.example`]),
    });
    expect([await hosts(3000), await hosts(3000), await hosts(3001)]).toEqual([
      ['3000-1.example'],
      ['3000-1.example'],
      ['3001-2.example'],
    ]);
  });

  it('are none where VS Code fails or says nothing in 2 s', async () => {
    const clock = new ManualClock();
    const failing = askOnce({ clock, log, forwardedHosts: () => Promise.reject(new Error('no')) });
    expect(await failing(3000)).toEqual([]);
    const silent = askOnce({ clock, log, forwardedHosts: () => new Promise(() => undefined) });
    const hosts = silent(3000);
    await clock.pass(2000);
    expect(await hosts).toEqual([]);
  });
});
