import { describe, expect, it } from 'vitest';
import { ChosenProfiles } from '../../../src/core/registry/chosen-profiles';
import { defaultSettings } from '../../../src/core/settings/default-settings';

function storeWith(kept?: unknown) {
  let value = kept;
  return {
    get: () => value,
    update: (_: string, next: unknown) => {
      // As VS Code keeps it.
      value = JSON.parse(JSON.stringify(next));
      return Promise.resolve();
    },
  };
}

const settings = { profiles: { tls: defaultSettings, dev: defaultSettings } };

describe('the profiles of bentos', () => {
  it('are remembered for each of them', () => {
    const store = storeWith();
    const before = new ChosenProfiles(store);
    before.choose('one', 'tls');
    before.choose('other', 'dev');
    before.choose('other', undefined);
    const after = new ChosenProfiles(store);
    expect(after.profiles('one', settings)).toEqual({ names: ['tls', 'dev'], chosen: 'tls' });
    expect(after.profiles('other', settings)).toEqual({ names: ['tls', 'dev'] });
  });

  it('are those that the settings still have', () => {
    const profiles = new ChosenProfiles(storeWith([['one', 'gone']]));
    expect(profiles.profiles('one', settings)).not.toHaveProperty('chosen');
    expect(profiles.profiles('one', { profiles: {} })).toEqual({ names: [] });
  });

  it.each([[7], [[['one']]], [[['one', 2], 'tls']], [{ one: 'tls' }]])(
    'are none where %j was stored',
    (kept) => {
      expect(new ChosenProfiles(storeWith(kept)).of('one')).toBeUndefined();
    },
  );
});
