import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { enterTestEnvironment } from '../../scripts/test-environment.mts';
import { assertInNamespaces } from '../support/namespaces.mts';
import { createPodman, removePodman, type Podman } from './podman';

declare module 'vitest' {
  interface ProvidedContext {
    readonly podman: Podman;
  }
}

/** Creates one Podman for all test files, and removes it after the run. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  assertInNamespaces('npm run test:podman');
  const pythons = await ensureEnvironments(['bentoml-1.4', 'bentoml-1.1']);
  enterTestEnvironment();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podman-'));
  const podman = await createPodman(folder, pythons);
  provide('podman', podman);
  return async () => {
    await removePodman(podman);
    await rm(folder, { recursive: true, force: true });
  };
}
