import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { enterTestEnvironment } from '../../scripts/test-environment.mts';
import { assertInNamespaces } from '../support/namespaces.mts';
import { startDockerd, type DockerEngine } from './dockerd';

declare module 'vitest' {
  interface ProvidedContext {
    readonly engine: DockerEngine;
  }
}

/** Starts one engine for all test files, and ends it after the run. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  assertInNamespaces('npm run test:compose');
  const pythons = await ensureEnvironments(['bentoml-1.4', 'bentoml-1.1']);
  const { engines } = await ensureEnvironments(['engines']);
  const compose = path.join(path.dirname(engines), 'docker-compose');
  enterTestEnvironment();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'engine-'));
  const { engine, end } = await startDockerd({ folder, compose, pythons });
  provide('engine', engine);
  return async () => {
    await end();
    await rm(folder, { recursive: true, force: true });
  };
}
