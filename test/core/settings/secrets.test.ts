import { describe, expect, it } from 'vitest';
import { parseFolderSettings } from '../../../src/core/settings/parse-folder-settings';
import { secretNames, withSecrets } from '../../../src/core/settings/secrets';
import { linuxContext } from './settings-contexts';

const parse = (env: object) => parseFolderSettings({ env }, linuxContext);

describe('secrets of the environment', () => {
  it('stay in the settings as they are named, and are filled in for a serve', () => {
    const { defaults, problems } = parse({ A: 'x-${secret:a.b}-${secret:c}', B: '${secret:c}' });
    expect(problems).toEqual([]);
    expect(defaults.env).toEqual({ A: 'x-${secret:a.b}-${secret:c}', B: '${secret:c}' });
    expect(secretNames(defaults.env)).toEqual(['a.b', 'c']);
    const secrets = new Map([
      ['a.b', '$&'],
      ['c', '${secret:a.b}'],
    ]);
    // A secret is not read again, whatever is in it.
    expect(withSecrets(defaults.env, secrets)).toEqual({
      A: 'x-$&-${secret:a.b}',
      B: '${secret:a.b}',
    });
  });

  it('leave variables that are removed removed', () => {
    expect(withSecrets({ A: null, B: '${secret:b}' }, new Map())).toEqual({
      A: null,
      B: '${secret:b}',
    });
  });

  it('are refused in paths, and with names that are none', () => {
    const { problems } = parseFolderSettings(
      { pythonPath: '${secret:python}', env: { A: '${secret:}', B: '${secret:a b}' } },
      linuxContext,
    );
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/serveBento\.pythonPath .*secret can be used in serveBento\.env only/),
      expect.stringMatching(/serveBento\.env\.A/),
      expect.stringMatching(/serveBento\.env\.B/),
    ]);
  });
});
