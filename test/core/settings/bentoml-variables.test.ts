import { describe, expect, it } from 'vitest';
import { bentomlVariables } from '../../../src/core/settings/bentoml-variables';

describe('settings that BentoML reads from its variables', () => {
  it('are added to the others', () => {
    const settings = { env: { A: '1' }, bentomlHome: '/store', bentomlConfig: '/config.yaml' };
    expect(bentomlVariables(settings)).toEqual({
      A: '1',
      BENTOML_HOME: '/store',
      BENTOML_CONFIG: '/config.yaml',
    });
  });

  it('win over variables of their name', () => {
    const settings = { env: { BENTOML_HOME: '/other' }, bentomlHome: '/store' };
    expect(bentomlVariables(settings)).toEqual({ BENTOML_HOME: '/store' });
  });

  it('are options after those of the variable, so that they win; quoted where BentoML would split', () => {
    const settings = {
      env: { BENTOML_CONFIG_OPTIONS: 'a.b=1' },
      bentomlConfigOptions: { 'a.b': 2, 'c."d-e"': true, f: 'two words', g: 'x=y' },
    };
    expect(bentomlVariables(settings)).toEqual({
      BENTOML_CONFIG_OPTIONS: 'a.b=1 a.b=2 c."d-e"=true f="two words" g="x=y"',
    });
  });

  it('are options joined with those of env files and the environment, unless a variable replaces these', () => {
    const under = { BENTOML_CONFIG_OPTIONS: 'x=1', OTHER: '1' };
    const bentomlConfigOptions = { 'a.b': 2 };
    const options = (env: Record<string, string | null>): unknown =>
      bentomlVariables({ env, bentomlConfigOptions }, under)['BENTOML_CONFIG_OPTIONS'];
    expect(options({})).toBe('x=1 a.b=2');
    expect(options({ BENTOML_CONFIG_OPTIONS: 'y=1' })).toBe('y=1 a.b=2');
    expect(options({ BENTOML_CONFIG_OPTIONS: null })).toBe('a.b=2');
    expect(bentomlVariables({ env: {} }, under)).toEqual({});
  });

  it('are none when none is set', () => {
    expect(bentomlVariables({ env: { HOME: null }, bentomlConfigOptions: {} })).toEqual({
      HOME: null,
    });
  });
});
