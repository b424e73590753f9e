import { describe, expect, it } from 'vitest';
import type { StolenPort } from '../../../../../src/core/target/local/ports/port-allocator';
import { ServeError } from '../../../../../src/core/problem';
import {
  launchOnFreePorts,
  stolenPort,
} from '../../../../../src/core/target/local/prepare/launch-on-free-ports';
import type { ServedComponent } from '../../../../../src/core/target/local/served-components';
import { quietLog } from '../../../../support/quiet-log';

const crashed = new ServeError({ code: 'crashed', message: 'It ended.' });
const taken = (automatic: boolean): StolenPort => ({
  automatic,
  problem: { code: 'port-in-use', message: 'Port 3000 is taken by nginx.' },
});

interface Attempt {
  /** How each launch in turn ends. */
  readonly launches: readonly ('ready' | 'crash')[];
  readonly stolen?: StolenPort;
  readonly cancelled?: boolean;
}

async function attempt({ launches, stolen, cancelled }: Attempt): Promise<string> {
  const calls: string[] = [];
  const left = [...launches];
  const cancel = new AbortController();
  const ended = await launchOnFreePorts({
    cancel: cancel.signal,
    log: quietLog(),
    reserve: () => Promise.resolve(void calls.push('reserve')),
    launch: () => {
      calls.push('launch');
      if (cancelled === true) cancel.abort();
      return left.shift() === 'ready' ? Promise.resolve() : Promise.reject(crashed);
    },
    stolen: () => Promise.resolve(stolen),
    takeDown: () => Promise.resolve(void calls.push('take down')),
  }).then(
    () => 'ready',
    (error: unknown) => (error instanceof ServeError ? error.code : String(error)),
  );
  return [...calls, ended].join(', ');
}

describe('a launch', () => {
  it.each<[string, Attempt, string]>([
    ['that succeeds is done once', { launches: ['ready'] }, 'reserve, launch, ready'],
    [
      'that fails for another reason is not repeated',
      { launches: ['crash'] },
      'reserve, launch, crashed',
    ],
    [
      'is repeated on another port when an automatic one was taken',
      { launches: ['crash', 'ready'], stolen: taken(true) },
      'reserve, launch, take down, reserve, launch, ready',
    ],
    [
      'is repeated twice at most, and tells that the port is in use',
      { launches: ['crash', 'crash', 'crash', 'ready'], stolen: taken(true) },
      'reserve, launch, take down, reserve, launch, take down, reserve, launch, port-in-use',
    ],
    [
      'on a configured port is not repeated',
      { launches: ['crash', 'ready'], stolen: taken(false) },
      'reserve, launch, port-in-use',
    ],
    [
      'that is cancelled is not repeated',
      { launches: ['crash', 'ready'], stolen: taken(true), cancelled: true },
      'reserve, launch, crashed',
    ],
  ])('%s', async (_, given, expected) => {
    expect(await attempt(given)).toBe(expected);
  });

  it('that cannot reserve its ports fails at once', async () => {
    const failed = launchOnFreePorts({
      cancel: new AbortController().signal,
      log: quietLog(),
      reserve: () => Promise.reject(crashed),
      launch: () => Promise.reject(new Error('it is launched')),
      stolen: () => Promise.reject(new Error('it is looked for')),
      takeDown: () => Promise.reject(new Error('it is taken down')),
    });
    await expect(failed).rejects.toBe(crashed);
  });
});

describe('the stolen port', () => {
  const served = (state: string, releasedAtLaunch: readonly string[]): ServedComponent =>
    ({
      component: { releasedAtLaunch },
      supervisor: { state, problem: { code: 'crashed', message: 'It ended.' } },
    }) as unknown as ServedComponent;

  it('is looked for where a server failed that binds its own', async () => {
    const uses: string[] = [];
    const allocator = {
      stolen: (use: string) => {
        uses.push(use);
        return Promise.resolve(use === 'grpc metrics' ? taken(true) : undefined);
      },
    };
    const components = [
      served('ready', ['http']),
      served('failed', []),
      served('failed', ['grpc', 'grpc metrics']),
      served('failed', ['service:Other']),
    ];
    expect(await stolenPort(components, allocator)).toEqual(taken(true));
    expect(uses).toEqual(['grpc', 'grpc metrics']);
    expect(await stolenPort(components.slice(0, 2), allocator)).toBeUndefined();
  });
});
