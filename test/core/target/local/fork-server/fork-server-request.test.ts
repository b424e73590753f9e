import { describe, expect, it } from 'vitest';
import { forkServerRequest } from '../../../../../src/core/target/local/fork-server/fork-server-request';

const parts = {
  platform: 'linux',
  launcher: 'workers',
  settings: { warmUp: 'onServe', preload: ['torch'] },
  interpreter: { bentomlVersion: '1.4.38' },
  bento: { generation: 'service' },
} as const;

describe('a fork server', () => {
  it('is there for known versions, with what is to be preloaded for class services', () => {
    expect(forkServerRequest(parts)).toEqual({ stack: 'service', preload: ['torch'] });
    const legacy = { ...parts, bento: { generation: 'legacy' } } as const;
    expect(forkServerRequest(legacy)).toEqual({ stack: 'legacy', preload: [] });
  });

  it('takes a bento of which only BentoML itself knows what it is for what is usual', () => {
    const unknown = { ...parts, bento: {} };
    expect(forkServerRequest(unknown)).toMatchObject({ stack: 'service' });
    const interpreter = { bentomlVersion: '1.1.11' };
    expect(forkServerRequest({ ...unknown, interpreter })).toMatchObject({ stack: 'legacy' });
  });

  it.each([
    [{ platform: 'darwin' }, /on Linux only/],
    [{ platform: 'win32' }, /on Linux only/],
    [{ launcher: 'cli' }, /launcher cli/],
    [{ settings: { warmUp: 'off', preload: [] } }, /serveBento\.warmUp is off/],
    [{ interpreter: { bentomlVersion: '1.2.20' } }, /not known how BentoML 1\.2\.20/],
    [{ interpreter: { bentomlVersion: '1.5.0' } }, /not known how BentoML 1\.5\.0/],
    [{ interpreter: { bentomlVersion: '1.1.11' } }, /not known how BentoML 1\.1\.11/],
  ] as const)('is not there with %o', (change, why) => {
    expect(forkServerRequest({ ...parts, ...change })).toEqual({
      without: { inLog: expect.stringMatching(why) as string },
    });
  });
});
