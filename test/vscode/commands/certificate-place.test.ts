import { beforeEach, expect, it, test } from 'vitest';
import type { WorkspaceFolder } from 'vscode';
import { choosePlace } from '../../../src/vscode/commands/certificate-place';
import { Uri, user } from '../../support/fake-vscode';

const folder = {
  uri: Uri.file('/work/iris'),
  name: 'iris',
  index: 0,
} as unknown as WorkspaceFolder;
const question = 'Where should the files be saved?';

beforeEach(() => user.reset());

test.each<[string, string, string | undefined, object | undefined]>([
  [
    'the storage of the extension is outside the folder',
    'Extension storage',
    undefined,
    { directory: '/storage/certificates', inFolder: undefined },
  ],
  [
    'certs/ is in the folder',
    'certs/ in iris',
    undefined,
    { directory: '/work/iris/certs', inFolder: 'certs' },
  ],
  [
    'another folder may be in the folder',
    'Another folder…',
    '/work/iris/tls/local',
    { directory: '/work/iris/tls/local', inFolder: 'tls/local' },
  ],
  [
    'another folder may be the folder itself',
    'Another folder…',
    '/work/iris',
    { directory: '/work/iris', inFolder: '' },
  ],
  [
    'a folder whose name only begins with dots is inside',
    'Another folder…',
    '/work/iris/..certs',
    { directory: '/work/iris/..certs', inFolder: '..certs' },
  ],
  [
    'a folder beside it, with a name that begins the same, is outside',
    'Another folder…',
    '/work/iris-2/certs',
    { directory: '/work/iris-2/certs', inFolder: undefined },
  ],
  ['there is none when people close the dialog', 'Another folder…', undefined, undefined],
])('%s', async (_, answer, picked, place) => {
  user.answers.set(question, answer);
  if (picked !== undefined) user.answers.set('Create Here', picked);
  expect(await choosePlace(folder, '/storage')).toEqual(place);
});

it('there is none when people close the question', async () => {
  expect(await choosePlace(folder, '/storage')).toBeUndefined();
  expect(user.seen).toEqual([
    `pick: ${question} Extension storage | certs/ in iris | Another folder…`,
  ]);
});
