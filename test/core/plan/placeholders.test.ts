import { describe, expect, it } from 'vitest';
import { fillArgv, fillEnv, fillText } from '../../../src/core/plan/placeholders';

const addresses = new Map([
  ['runner:upper', 'tcp://127.0.0.1:3001'],
  ['service:Right (v2)', 'file:///tmp/run/2.sock'],
]);

describe('placeholders', () => {
  it.each([
    ['$(worker)', '3'],
    ['$(fd:self)', '7'],
    ['$(port)', '3000'],
    ['$(metrics)/x', '/tmp/m/x'],
    ['upper=$(address:runner:upper)', 'upper=tcp://127.0.0.1:3001'],
    ['$(address:service:Right%20%28v2%29)', 'file:///tmp/run/2.sock'],
    [
      '{"a": "$(address:runner:upper)", "b": "$(worker)"}',
      '{"a": "tcp://127.0.0.1:3001", "b": "3"}',
    ],
  ])('%s becomes %s', (text, filled) => {
    const values = { addresses, fds: { self: 7 }, worker: 3, port: 3000, metrics: '/tmp/m' };
    expect(fillText(text, values)).toBe(filled);
  });

  it.each([
    ['costs $$5', 'costs $5'],
    ['$$(port)', '$(port)'],
    ['$$$$', '$$'],
    ['a lone $ and $HOME', 'a lone $ and $HOME'],
    ['(port)', '(port)'],
  ])('what is not ours stays: %s', (text, filled) => {
    expect(fillText(text, { port: 1 })).toBe(filled);
  });

  it('does not fill in what a value brings along', () => {
    expect(fillText('$(metrics)', { metrics: '/tmp/$(port)/$$', port: 1 })).toBe('/tmp/$(port)/$$');
  });

  it.each([
    '$(prot)',
    '$(port)',
    '$(fd:metrics)',
    '$(fd:other)',
    '$(fd)',
    '$(address:http)',
    '$(address)',
    '$(address:%2)',
    '$(worker:1)',
    '$(toString)',
  ])('%s without a value is an error', (text) => {
    expect(() => fillText(text, { addresses, fds: { self: 1 }, worker: 1 })).toThrow(text);
  });

  it('are filled in lists and environments', () => {
    expect(fillArgv(['-m', 'x', '$(worker)'], { worker: 2 })).toEqual(['-m', 'x', '2']);
    expect(fillEnv({ A: '$(metrics)', B: '$$' }, { metrics: '/m' })).toEqual({ A: '/m', B: '$' });
  });
});
