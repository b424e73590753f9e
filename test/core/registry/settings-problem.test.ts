import { describe, expect, it } from 'vitest';
import { settingsProblem, type SettingsReader } from '../../../src/core/registry/settings-problem';
import { parseFolderSettings } from '../../../src/core/settings/parse-folder-settings';
import { discovered } from '../../support/bentos';

const problemsOf = (raw: object) =>
  parseFolderSettings(raw, {
    workspaceFolder: '/work',
    userHome: '/home/me',
    env: {},
    platform: 'linux',
  }).problems;

const messageFor = (raw: object, reader: Partial<SettingsReader> = {}): string | undefined =>
  settingsProblem(problemsOf(raw), {
    bento: discovered(),
    profile: undefined,
    components: [],
    ...reader,
  })?.message;

const addresses = ['http://10.0.0.5:3000'];
const watched = discovered({ name: 'Production', source: 'remote', addresses });
const entries = [{ bento: 'a:A', http: { port: 0 } }, { bento: 'b:B' }, { name: 'no bento' }];

describe('a problem of a setting', () => {
  it('that holds for all is shown on the row of each', () => {
    expect(messageFor({ http: { port: 99_999 } })).toContain('serveBento.http.port');
  });

  it('of an entry is shown on the row of that entry only', () => {
    const of = (entry?: number): string | undefined =>
      messageFor({ bentos: entries }, { bento: discovered(entry === undefined ? {} : { entry }) });
    expect(of(0)).toContain('serveBento.bentos[0].http.port');
    expect(of(1)).toBeUndefined();
    expect(of()).toBeUndefined();
  });

  it.each([
    ['an entry that gives no bento', { bentos: [{ name: 'x' }, 3] }],
    ['the list of entries', { bentos: 'a:A' }],
    ['a watched bento', { watch: { Production: ['nonsense'] } }],
    ['a profile that is not chosen', { profiles: { gpu: { http: { port: 0 } } } }],
  ])('of %s is on no row of another bento', (_, raw) => {
    expect(problemsOf(raw)).not.toEqual([]);
    expect(messageFor(raw)).toBeUndefined();
  });

  it('of a watched bento is shown on its row, and those of what is served are not', () => {
    const raw = { watch: { Production: ['nonsense', ...addresses], Other: ['nonsense'] } };
    expect(messageFor(raw, { bento: watched })).toContain('serveBento.watch.Production');
    expect(messageFor({ http: { port: 0 } }, { bento: watched })).toBeUndefined();
    expect(messageFor({ health: { interval: -1 } }, { bento: watched })).toContain('interval');
  });

  it('of a profile is shown on the rows of bentos that are served with it', () => {
    const raw = { profiles: { gpu: { http: { port: 0 } } } };
    expect(messageFor(raw, { profile: 'gpu' })).toContain('serveBento.profiles.gpu');
    expect(messageFor(raw, { profile: 'cpu' })).toBeUndefined();
  });

  it('of a runner is shown on the rows of bentos that have it, or may have it', () => {
    const raw = { runners: { upper: { port: 0 } } };
    expect(messageFor(raw)).toContain('serveBento.runners.upper');
    expect(messageFor(raw, { components: [{ name: 'upper' }] })).toContain('upper');
    expect(messageFor(raw, { components: [{ name: 'Search' }] })).toBeUndefined();
  });
});
