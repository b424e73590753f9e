import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { containerBackend } from '../../../src/core/store/container-backends';

function backendWith(programs: readonly string[], backend?: string) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'serve-bento-programs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of programs) {
    writeFileSync(path.join(folder, name), '#!/bin/sh\n');
    chmodSync(path.join(folder, name), 0o755);
  }
  const env = {
    PATH: folder,
    ...(backend === undefined ? {} : { BENTOML_CONTAINERIZE_BACKEND: backend }),
  };
  return containerBackend({ env, platform: 'linux' });
}

it.each([
  [['docker', 'podman'], undefined, 'docker', [], []],
  [[], undefined, 'docker', ['docker'], []],
  [['podman'], undefined, 'docker', ['docker'], ['podman']],
  [['podman', 'nerdctl'], undefined, 'docker', ['docker'], ['podman']],
  [['nerdctl', 'buildctl'], undefined, 'docker', ['docker'], ['nerdctl']],
  [['nerdctl', 'docker'], 'nerdctl', 'nerdctl', ['buildctl'], ['docker']],
  [['docker'], 'buildx', 'buildx', [], []],
  [['docker'], 'buildah', 'buildah', ['buildah'], ['docker']],
  [[], 'a-backend-of-a-plugin', 'a-backend-of-a-plugin', [], []],
  [[], 'constructor', 'constructor', [], []],
])(
  'with %j and backend %s: %s misses %j, others %j',
  async (programs, backend, name, missing, others) => {
    expect(await backendWith(programs, backend)).toEqual({ name, missing, others });
  },
);
