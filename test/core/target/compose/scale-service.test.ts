import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ComposeClient } from '../../../../src/core/target/compose/client/compose-client';
import type { Container } from '../../../../src/core/target/compose/client/container';
import { scaleService } from '../../../../src/core/target/compose/scale-service';

const { signal } = new AbortController();
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'scale-'));
});

afterEach(() => rm(folder, { recursive: true }));

const container = (hash = 'h1'): Container => ({
  ...{ id: 'abc', name: 'p-runner-1', service: 'runner', number: 1, restarts: 0 },
  ...{ labels: { 'com.docker.compose.config-hash': hash }, status: 'running' },
  isOutOfMemory: false,
});

/** A client whose containers have these variables. */
function client(env: readonly string[], hash?: string) {
  const scaled: object[] = [];
  const own = {
    inspect: () => Promise.resolve([{ Config: { Env: env } }]),
    with: (files: { readonly variables: object }) => ({
      hashes: () => Promise.resolve(hash === undefined ? undefined : new Map([['runner', hash]])),
      scale: (service: string, count: number) => {
        scaled.push({ service, count, ...files.variables });
        return Promise.resolve();
      },
    }),
  };
  return { client: own as unknown as ComposeClient, scaled };
}

async function write(reference = '${SERVE_BENTO_SECRET_1}'): Promise<void> {
  await writeFile(path.join(folder, 'compose.yaml'), 'services: {}\n');
  const environment = { TOKEN: reference };
  const owner = { services: { runner: { environment }, http: {} } };
  await writeFile(path.join(folder, 'owner.yaml'), JSON.stringify(owner));
}

const scale = (
  own: ComposeClient,
  containers: readonly Container[] = [container()],
): Promise<void> =>
  scaleService({
    ...{ client: own, folder, containers, service: 'runner', count: 3, graceMs: 1, signal },
  });

it('gives new containers the variables of the present ones', async () => {
  await write();
  const { client: own, scaled } = client(['TOKEN=a=b\nc', 'PATH=/bin'], 'h1');
  await scale(own);
  expect(scaled).toEqual([{ service: 'runner', count: 3, SERVE_BENTO_SECRET_1: 'a=b\nc' }]);
});

it('works with programs that know no hashes', async () => {
  await write();
  const { client: own, scaled } = client(['TOKEN=x']);
  const plain = { ...container(), labels: {} };
  await scale(own, [plain]);
  expect(scaled).toHaveLength(1);
});

it.each([
  ['the files are missing', async () => Promise.resolve(), ['TOKEN=x'], 'h1'],
  ['the containers have other values', write, ['TOKEN=x'], 'h2'],
  ['the value of a variable is not known', write, ['PATH=/bin'], 'h1'],
])('does nothing if %s', async (_, prepare, env, hash) => {
  await prepare();
  const { client: own, scaled } = client(env, hash);
  await expect(scale(own)).rejects.toMatchObject({
    code: 'engine-rejected',
    message:
      'The Compose files of these containers are not on this machine, or have changed. Restart the bento, and try again.',
  });
  expect(scaled).toEqual([]);
});
