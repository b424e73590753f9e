import { expect, it } from 'vitest';
import { describe as describeObject } from '../../../../../src/core/target/kubernetes/client/describe';
import { ended, FakeKubectl } from '../../../../support/fake-kubectl';

const { signal } = new AbortController();

async function described(text: string): Promise<string> {
  const fake = new FakeKubectl();
  fake.answer = () => ended(0, text);
  return describeObject(fake.kubectl(), 'pod/search-http', signal);
}

it('masks the values of variables, also those with several lines', async () => {
  const text = [
    'Name:             search-http',
    'Containers:',
    '  bento:',
    '    Environment Variables from:',
    '      search-secrets  Secret  Optional: false',
    '    Environment:',
    '      BENTOML_HOME:  /run/bentoml',
    '      EMPTY:         ',
    '      LINES:         first',
    '                     TOKEN: hunter2',
    '',
    '                     ',
    "      FROM_SECRET:   <set to the key 'token' in secret 'search'>  Optional: false",
    "      FAKE:          <set to the key 'token' in secret 'search'> hunter2",
    '    Mounts:',
    '      /tmp from tmp (rw)',
    '  other:',
    '    Environment:  <none>',
    'Conditions:',
    '  Ready  True',
  ].join('\n');
  expect(await described(text)).toBe(
    [
      'Name:             search-http',
      'Containers:',
      '  bento:',
      '    Environment Variables from:',
      '      search-secrets  Secret  Optional: false',
      '    Environment:',
      '      BENTOML_HOME:  ***',
      '      EMPTY:         ',
      '      LINES:         ***',
      "      FROM_SECRET:   <set to the key 'token' in secret 'search'>  Optional: false",
      '      FAKE:          ***',
      '    Mounts:',
      '      /tmp from tmp (rw)',
      '  other:',
      '    Environment:  <none>',
      'Conditions:',
      '  Ready  True',
    ].join('\n'),
  );
});

it('masks the values of the template of a Deployment', async () => {
  const text = [
    'Pod Template:',
    '  Containers:',
    '   bento:',
    '    Environment:',
    '      PASSWORD:  hunter2',
    '    Mounts:      <none>',
    '  Volumes:       <none>',
  ].join('\n');
  const masked = await described(text);
  expect(masked).toContain('      PASSWORD:  ***\n    Mounts:');
  expect(masked).not.toContain('hunter2');
});
