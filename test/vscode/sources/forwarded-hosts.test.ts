import { beforeEach, expect, it, vi } from 'vitest';
import { forwardedHosts } from '../../../src/vscode/sources/forwarded-hosts';

const { env, asked } = vi.hoisted(() => {
  const asked: string[] = [];
  const env = {
    remoteName: undefined as string | undefined,
    uiKind: 1,
    authority: '',
    asExternalUri: (uri: string) => {
      asked.push(uri);
      return Promise.resolve({ authority: env.authority });
    },
  };
  return { env, asked };
});

vi.mock('vscode', () => ({
  env,
  UIKind: { Desktop: 1, Web: 2 },
  Uri: { parse: (text: string) => text },
}));

beforeEach(() => {
  asked.splice(0);
  Object.assign(env, { remoteName: undefined, uiKind: 1 });
});

it('is asked for only where VS Code may forward', async () => {
  expect(await forwardedHosts(3000)).toEqual([]);
  expect(asked).toEqual([]);
});

it.each([
  ['a remote window', { remoteName: 'codespaces' }, 'name-3000.app.example'],
  ['a browser', { uiKind: 2 }, 'Code.example:8443'],
  ['a tunnel to the same port', { remoteName: 'ssh-remote' }, '127.0.0.1:3001'],
])('is the host alone, in %s', async (_, window, authority) => {
  Object.assign(env, window, { authority });
  const name = authority.toLowerCase().replace(/:\d+$/, '');
  expect(await forwardedHosts(3000)).toEqual([name]);
  expect(asked).toEqual(['http://127.0.0.1:3000']);
});
