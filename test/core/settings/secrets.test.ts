import { describe, expect, it } from 'vitest';
import { parseFolderSettings } from '../../../src/core/settings/parse-folder-settings';
import { secretUses, withSecrets, type SecretUse } from '../../../src/core/settings/secrets';
import { linuxContext } from './settings-contexts';

const parse = (env: object) => parseFolderSettings({ env }, linuxContext);

describe('secrets of the environment', () => {
  it('stay in the settings as they are named, and are filled in for a serve', () => {
    const { defaults, problems } = parse({ A: 'x-${secret:a.b}-${secret:c}', B: '${secret:c}' });
    expect(problems).toEqual([]);
    expect(defaults.env).toEqual({ A: 'x-${secret:a.b}-${secret:c}', B: '${secret:c}' });
    expect(secretUses(defaults.env)).toEqual([
      { secret: 'a.b', variable: 'A' },
      { secret: 'c', variable: 'A' },
      { secret: 'c', variable: 'B' },
    ]);
    const valueOf = ({ secret, variable }: SecretUse): string =>
      secret === 'a.b' ? '$&' : `\${secret:a.b} of ${variable}`;
    // A secret is not read again, whatever is in it.
    expect(withSecrets(defaults.env, valueOf)).toEqual({
      A: 'x-$&-${secret:a.b} of A',
      B: '${secret:a.b} of B',
    });
  });

  it('leave variables that are removed removed', () => {
    expect(withSecrets({ A: null, B: '${secret:b}' }, () => undefined)).toEqual({
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
