import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Run, RunResult } from '../../../../../src/core/programs/run';
import { ServeError } from '../../../../../src/core/problem';
import { findKubectl } from '../../../../../src/core/target/kubernetes/client/find-kubectl';
import { kubectlEnv } from '../../../../../src/core/target/kubernetes/client/kubectl-env';
import { ended } from '../../../../support/fake-kubectl';

let bin = '';

beforeAll(async () => {
  bin = path.join(await mkdtemp(path.join(os.tmpdir(), 'kubectl-')), 'bin');
  await mkdir(bin);
  await writeFile(path.join(bin, 'kubectl'), '');
  await chmod(path.join(bin, 'kubectl'), 0o755);
});

afterAll(async () => {
  await rm(path.dirname(bin), { recursive: true });
});

async function find(answer: RunResult, PATH = bin, signal?: AbortSignal): Promise<string> {
  const run: Run = async () => Promise.resolve(answer);
  const search = { env: { PATH }, platform: process.platform, run, cwd: os.tmpdir() };
  try {
    const { file, version } = await findKubectl(
      signal === undefined ? search : { ...search, signal },
    );
    expect(file).toBe(path.join(bin, 'kubectl'));
    return version;
  } catch (error) {
    if (error instanceof ServeError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

const version = (gitVersion: string): RunResult =>
  ended(0, JSON.stringify({ clientVersion: { major: '1', minor: '32+', gitVersion } }));

it.each([
  ['v1.27.0', '1.27.0'],
  ['v1.32.4-dispatcher', '1.32.4-dispatcher'],
  ['v1.101.0-gke.1+abc', '1.101.0-gke.1+abc'],
  ['v2.0.0-alpha.1', '2.0.0-alpha.1'],
  [
    'v1.26.15',
    'engine-too-old: kubectl 1.26.15 is too old: version 1.27 or later is required. Update it.',
  ],
  [
    'v1.9.2',
    'engine-too-old: kubectl 1.9.2 is too old: version 1.27 or later is required. Update it.',
  ],
])('of version %s is: %s', async (given, expected) => {
  expect(await find(version(given))).toBe(expected);
});

it('is missing, does not run, or answers something else', async () => {
  expect(await find(version('v1.32.0'), '/nowhere')).toMatch(/^engine-not-found: kubectl was not/);
  const broken = `engine-not-found: ${path.join(bin, 'kubectl')} cannot be run`;
  expect(await find(ended(126, '', 'exec format error'))).toContain(broken);
  for (const output of [
    '',
    'Client Version: v1.32.0',
    '{}',
    '{"clientVersion":{"gitVersion":"x"}}',
  ]) {
    expect(await find(ended(0, output))).toContain(broken);
  }
});

it('is no longer searched for after a cancellation', async () => {
  expect(await find(version('v1.32.0'), bin, AbortSignal.abort())).toMatch(/^cancelled: /);
});

it('gets the environment of the editor without preferences that change commands', () => {
  const env = {
    ...{ PATH: '/bin', KUBECONFIG: '/k', HTTPS_PROXY: 'http://p', KUBERC: '/rc', LC_ALL: 'zh_CN' },
    KUBECTL_EXTERNAL_DIFF: 'meld',
  };
  expect(kubectlEnv(env)).toEqual({
    ...{ PATH: '/bin', KUBECONFIG: '/k', HTTPS_PROXY: 'http://p' },
    ...{ KUBECTL_KUBERC: 'false', KUBERC: 'off', LC_ALL: 'C.UTF-8' },
  });
});
