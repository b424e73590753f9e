import { describe, expect, it } from 'vitest';
import { expandVariables } from '../../../src/core/settings/variables';
import { linuxContext, windowsContext } from './settings-contexts';
import { say } from '../../../src/core/messages/message';

describe('expandVariables', () => {
  it.each([
    ['${workspaceFolder}/a', '/projects/fraud/a'],
    ['${userHome}/${env:MODELS}', '/home/ada//srv/models'],
    ['~/a', '/home/ada/a'],
    ['~', '/home/ada'],
    ['~bob/a', '~bob/a'],
    ['a~/b', 'a~/b'],
    ['$HOME ${', '$HOME ${'],
  ])('%s is %s', (text, expected) => {
    expect(expandVariables(text, linuxContext, 'path', 100)).toEqual({
      ok: true,
      text: expected,
    });
  });

  it('does not read again what a variable brought', () => {
    const context = { ...linuxContext, env: { A: '${userHome}' }, userHome: '/home/${env:A}' };
    expect(expandVariables('~/${env:A}', context, 'path', 100)).toEqual({
      ok: true,
      text: '/home/${env:A}/${userHome}',
    });
  });

  it('refuses what would get too long', () => {
    const context = { ...linuxContext, env: { LONG: 'x'.repeat(60) } };
    expect(expandVariables('${env:LONG}', context, 'environment', 100).ok).toBe(true);
    expect(expandVariables('${env:LONG}${env:LONG}', context, 'environment', 100)).toEqual({
      ok: false,
      reason: say('expandedTooLong', { max: 100 }),
    });
    expect(expandVariables('y'.repeat(101), context, 'environment', 100).ok).toBe(false);
  });

  it('finds variables of Windows in any case', () => {
    const result = expandVariables('${env:MODELS}\\x', windowsContext, 'path', 100);
    expect(result).toEqual({ ok: true, text: 'D:\\models\\x' });
  });

  it('refuses variables it does not know and, in paths, those that are not set', () => {
    expect(expandVariables('${file}', linuxContext, 'environment', 100).ok).toBe(false);
    expect(expandVariables('${env:NOPE}', linuxContext, 'path', 100).ok).toBe(false);
    expect(expandVariables('${env:EMPTY}', linuxContext, 'path', 100).ok).toBe(false);
    expect(expandVariables('${env:toString}', linuxContext, 'path', 100).ok).toBe(false);
    expect(expandVariables('a:${env:NOPE}', linuxContext, 'environment', 100)).toEqual({
      ok: true,
      text: 'a:',
    });
  });
});
