import { describe, expect, it, vi } from 'vitest';
import { settingKeys } from '../../../src/core/settings/schema';
import { settingIn, settingsQuery } from '../../../src/vscode/problems/open-setting';
import { component } from '../../support/bentos';

// It is there in a window only.
vi.mock('vscode', () => ({}));

describe('the setting in question', () => {
  it.each(settingKeys)('is found in a sentence that names it: %s', (key) => {
    expect(settingIn(`serveBento.${key} is 7, which is ignored.`)).toBe(`serveBento.${key}`);
  });

  it.each([
    ['serveBento.bentos[1].grpc.port is 0', 'serveBento.bentos'],
    ['set serveBento.runners.upper.remote to another', 'serveBento.runners'],
    ['add it to serveBento.profiles.', 'serveBento.profiles'],
    ['serveBento.watch.Shop[1] is 7', 'serveBento.watch'],
    ['raise serveBento.startTimeout.', 'serveBento.startTimeout'],
    ['Python is missing.', undefined],
  ])('is that of an object where it is in one: %s', (sentence, wanted) => {
    expect(settingIn(sentence)).toBe(wanted);
  });

  it('is what is wrong, else what belongs to the row', () => {
    const problem = { code: 'settings', message: 'serveBento.http.port is 0.' } as const;
    const runner = component({ id: 'runner:upper', kind: 'runner', name: 'upper' });
    expect(settingsQuery(problem, runner)).toBe('@id:serveBento.http.port');
    expect(settingsQuery(undefined, runner)).toBe('@id:serveBento.runners');
    expect(settingsQuery(undefined, component())).toBe('@id:serveBento.http.*');
    expect(settingsQuery(undefined, undefined, 'remote')).toBe('@id:serveBento.watch');
    expect(settingsQuery(undefined)).toBe('@ext:serve-bento.serve-bento');
  });
});
