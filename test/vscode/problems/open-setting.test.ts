import { describe, expect, it } from 'vitest';
import { settingsQuery } from '../../../src/vscode/problems/open-setting';
import { component } from '../../support/bentos';

describe('the setting in question', () => {
  it('is what is wrong, else what belongs to the row', () => {
    const problem = { setting: 'serveBento.http.port' };
    const runner = component({ id: 'runner:upper', kind: 'runner', name: 'upper' });
    expect(settingsQuery(problem, runner)).toBe('@id:serveBento.http.port');
    expect(settingsQuery({}, runner)).toBe('@id:serveBento.runners');
    expect(settingsQuery(undefined, runner)).toBe('@id:serveBento.runners');
    expect(settingsQuery(undefined, component())).toBe('@id:serveBento.http.*');
    expect(settingsQuery(undefined, undefined, 'remote')).toBe('@id:serveBento.watch');
    expect(settingsQuery(undefined)).toBe('@ext:serve-bento.serve-bento');
  });
});
