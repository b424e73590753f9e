import { describe, expect, it } from 'vitest';
import { templateRequest } from '../../../src/core/serve/template-request';

const parts = {
  platform: 'linux',
  launcher: 'workers',
  settings: { warmUp: 'onServe', preload: ['torch'] },
  interpreter: { bentomlVersion: '1.4.38' },
  bento: { generation: 'service' },
} as const;

describe('a template', () => {
  it('is there for class services of known versions, with what is to be preloaded', () => {
    expect(templateRequest(parts)).toEqual({ preload: ['torch'] });
    // Of some bentos only BentoML itself knows what they are.
    expect(templateRequest({ ...parts, bento: {} })).toEqual({ preload: ['torch'] });
  });

  it.each([
    [{ platform: 'darwin' }, /on Linux only/],
    [{ platform: 'win32' }, /on Linux only/],
    [{ launcher: 'cli' }, /launcher cli/],
    [{ settings: { warmUp: 'off', preload: [] } }, /serveBento\.warmUp is off/],
    [{ interpreter: { bentomlVersion: '1.2.20' } }, /not known how BentoML 1\.2\.20/],
    [{ interpreter: { bentomlVersion: '1.5.0' } }, /not known how BentoML 1\.5\.0/],
    [{ bento: { generation: 'legacy' } }, /with runners/],
  ] as const)('is not there with %o', (change, why) => {
    expect(templateRequest({ ...parts, ...change })).toEqual({
      without: expect.stringMatching(why) as string,
    });
  });
});
