import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import {
  kubeconfigFiles,
  watchKubeconfig,
} from '../../../../../src/core/target/kubernetes/client/kubeconfig';
import { ManualClock } from '../../../../support/manual-clock';

const everyMs = 3_000;

it.each<[string, Parameters<typeof kubeconfigFiles>[0], readonly string[]]>([
  ['the home', { env: {}, platform: 'linux', home: '/home/me' }, ['/home/me/.kube/config']],
  [
    'the home, with an empty variable',
    { env: { KUBECONFIG: '' }, platform: 'linux', home: '/home/me' },
    ['/home/me/.kube/config'],
  ],
  [
    'several files, with an empty and a relative name',
    { env: { KUBECONFIG: '/a:/b c/d::near' }, platform: 'darwin' },
    ['/a', '/b c/d'],
  ],
  [
    'Windows',
    { env: { KubeConfig: String.raw`C:\a\config;D:\b` }, platform: 'win32' },
    [String.raw`C:\a\config`, String.raw`D:\b`],
  ],
  [
    'the home on Windows',
    { env: {}, platform: 'win32', home: String.raw`C:\Users\me` },
    [String.raw`C:\Users\me\.kube\config`],
  ],
])('finds the files of kubectl: %s', (_name, location, files) => {
  expect(kubeconfigFiles(location)).toEqual(files);
});

it('reports each change once: a file that is written, created or deleted', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sb-'));
  const [first, second] = [path.join(folder, 'first'), path.join(folder, 'second')];
  await writeFile(first, 'one');
  const clock = new ManualClock();
  const end = new AbortController();
  const onChange = vi.fn();
  await watchKubeconfig({ clock, files: [first, second], signal: end.signal, onChange });
  /** Waits for some checks, each of which reads the disk. */
  const changes = async (): Promise<number> => {
    for (let look = 0; look < 2; look += 1) {
      await vi.waitUntil(() => clock.waiting === 1);
      clock.jump(everyMs);
      await clock.pass(0);
    }
    await vi.waitUntil(() => clock.waiting === 1);
    const { length } = onChange.mock.calls;
    onChange.mockClear();
    return length;
  };
  expect(await changes()).toBe(0);
  await writeFile(first, 'another');
  expect(await changes()).toBe(1);
  await writeFile(second, 'new');
  expect(await changes()).toBe(1);
  await rm(first);
  expect(await changes()).toBe(1);
  end.abort();
  await clock.pass(0);
  expect(clock.waiting).toBe(0);
  await rm(folder, { recursive: true });
});
