import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpProbe } from '../../../../../src/core/health/http-probe';
import type { Launcher } from '../../../../../src/core/plan/launcher';
import type { Plan, PlannedComponent, PlannedProcess } from '../../../../../src/core/plan/plan';
import { defaultSettings } from '../../../../../src/core/settings/default-settings';
import { assemble } from '../../../../../src/core/target/local/prepare/assemble';
import type { AssembledComponent } from '../../../../../src/core/target/local/prepare/assembled-component';
import type { PortRequest } from '../../../../../src/core/target/local/ports/port-allocator';
import { discovered } from '../../../../support/bentos';
import { FakeProcessHost } from '../../../../support/fake-process-host';
import { ManualClock } from '../../../../support/manual-clock';
import { planned, planOf } from '../../../../support/plans';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'assemble-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

const [worker] = planned().processes;
if (worker === undefined) throw new Error('no process');
const workers = (count: number, others: Partial<PlannedProcess> = {}): PlannedComponent =>
  planned({ processes: [{ ...worker, count, ...others }] });

interface Given {
  readonly components?: readonly PlannedComponent[];
  readonly launcher?: Launcher;
  readonly platform?: NodeJS.Platform;
  readonly plan?: Partial<Plan>;
  readonly cancel?: AbortSignal;
  readonly forwardedHosts?: () => Promise<readonly string[]>;
}

async function assembled(given: Given = {}) {
  const { components = [planned()], launcher = 'workers', platform = 'linux' } = given;
  const host = new FakeProcessHost();
  const all = await assemble({
    ...{ plan: planOf(components, given.plan), bento: discovered(), settings: defaultSettings },
    ...{ env: { PATH: '/bin' }, directory, platform, helper: host, launcher, fork: true },
    allocator: {
      lease: ({ use, host: address }: PortRequest) =>
        Promise.resolve({ use, host: address, port: 3000, fd: 7 }),
    },
    forwardedHosts: given.forwardedHosts ?? (() => Promise.resolve([])),
    tls: new Map(),
    cancel: given.cancel ?? new AbortController().signal,
  } as unknown as Parameters<typeof assemble>[0]);
  const [first] = all;
  if (first === undefined) throw new Error('no component');
  return { all, first, host };
}

describe('a component', () => {
  it('has its socket, its address and its variables filled in', async () => {
    const { first } = await assembled();
    expect(first.command).toBe('python -m worker --fd 7');
    expect([first.address, first.url]).toEqual([
      { kind: 'tcp', host: '127.0.0.1', port: 3000 },
      'http://127.0.0.1:3000',
    ]);
    expect(first.workers.workersWanted).toBe(1);
  });

  it('has BentoML’s own command with the launcher cli', async () => {
    const { first } = await assembled({ launcher: 'cli' });
    expect([first.command, first.releasedAtLaunch]).toEqual([
      'python -m start --port 3000',
      ['http'],
    ]);
  });

  it.each<[string, Given, boolean]>([
    ['workers on Linux', {}, true],
    ['workers elsewhere', { platform: 'darwin' }, false],
    ['BentoML’s own command', { launcher: 'cli' }, false],
    ['a program that binds its port itself', { components: [planned({ listens: 'http' })] }, false],
    [
      'workers on a GPU',
      { components: [workers(1, { env: { CUDA_VISIBLE_DEVICES: '0' } })] },
      false,
    ],
    [
      'one that runs elsewhere',
      { components: [planned({ kind: 'service', remote: 'http://other:1' })] },
      false,
    ],
  ])('can have new workers beside the old ones, or not: %s', async (_, given, can) => {
    expect((await assembled(given)).first.renewable).toBe(can);
  });

  it('has a page of its own only where it listens on a port', async () => {
    const { all } = await assembled({
      components: [
        planned({ id: 'service:Inner', kind: 'service', name: 'Inner' }),
        planned({ id: 'runner:upper', kind: 'runner', name: 'upper' }),
        planned({ id: 'grpc', kind: 'grpc', name: 'grpc' }),
        planned(),
      ],
    });
    const urls = all.flatMap(({ planned: { id }, url }: AssembledComponent) =>
      url === undefined ? [] : [id],
    );
    expect(urls).toEqual(['http']);
  });

  it.each<[string, Given, boolean]>([
    ['an HTTP server', {}, true],
    ['a gRPC server', { components: [planned({ id: 'grpc', kind: 'grpc' })] }, false],
    ['a program of others', { components: [planned({ listens: 'http' })] }, false],
    [
      'one that runs elsewhere',
      { components: [planned({ kind: 'service', remote: 'http://other:1' })] },
      false,
    ],
  ])('counts its errors, or not: %s', async (_, given, counts) => {
    expect((await assembled(given)).first.errorTotal !== undefined).toBe(counts);
  });
});

describe('its probe', () => {
  const probeOf = ({ first }: Awaited<ReturnType<typeof assembled>>) => {
    const load = (): Promise<never> => Promise.reject(new Error('no gRPC here'));
    return first.makeProbe(1000, load, new ManualClock());
  };
  it.each<[string, Given, string]>([
    ['asks over HTTP', {}, 'HttpProbe'],
    ['asks over gRPC', { components: [planned({ id: 'grpc', kind: 'grpc' })] }, 'PortOwnerProbe'],
    [
      'looks for one of several workers that is stopped',
      { components: [workers(2)] },
      'StoppedWorkerProbe',
    ],
    ['looks whose port it is that the command binds', { launcher: 'cli' }, 'PortOwnerProbe'],
  ])('%s', async (_, given, name) => {
    const probe = probeOf(await assembled(given));
    expect(probe.constructor.name).toBe(name);
    expect(probe instanceof HttpProbe).toBe(name === 'HttpProbe');
    probe.dispose();
  });
});

describe('before the launch', () => {
  it('what a cleaner has removed is made again, and the command gets its port', async () => {
    const { first, host } = await assembled({ launcher: 'cli' });
    rmSync(directory, { recursive: true });
    await first.beforeLaunch();
    expect(readdirSync(directory).toSorted()).toEqual(['i', 'm', 's']);
    expect(host.requests).toEqual(['release http']);
  });

  it('the port of workers is kept', async () => {
    const { first, host } = await assembled();
    await first.beforeLaunch();
    expect(host.requests).toEqual([]);
  });

  it('a private socket that is lost is told', async () => {
    const { first } = await assembled({
      components: [planned({ id: 'service:Inner', kind: 'service', name: 'Inner' })],
    });
    await expect(first.beforeLaunch()).rejects.toMatchObject({ code: 'crashed' });
  });

  it('counters of earlier workers are removed', async () => {
    const { first } = await assembled({ launcher: 'cli' });
    const metrics = path.join(directory, 'm', '0');
    await first.beforeLaunch();
    writeFileSync(path.join(metrics, 'counter.db'), '');
    await first.beforeLaunch();
    expect(readdirSync(metrics)).toEqual([]);
  });
});

describe('when it is cancelled', () => {
  /** A version whose workers have to know under which names VS Code forwards their port. */
  const plan = { bentomlVersion: '1.4.2' };

  it('an answer of VS Code is not waited for', async () => {
    const cancel = new AbortController();
    const assembling = assembled({
      ...{ plan, cancel: cancel.signal },
      forwardedHosts: () => {
        queueMicrotask(() => cancel.abort());
        return new Promise(() => undefined);
      },
    });
    await expect(assembling).rejects.toMatchObject({ code: 'cancelled' });
  });
});
