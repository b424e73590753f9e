import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ComposeClient } from '../../../../src/core/target/compose/client/compose-client';
import type { Container } from '../../../../src/core/target/compose/client/container';
import { compareProject } from '../../../../src/core/target/compose/compare-project';
import type { ComposeResources } from '../../../../src/core/target/compose/compose-resources';
import type { Comparison } from '../../../../src/core/target/target';

const { signal } = new AbortController();
let parent = '';
let folder = '';

beforeEach(async () => {
  parent = await mkdtemp(path.join(os.tmpdir(), 'compare-'));
  folder = path.join(parent, 'project');
});

afterEach(() => rm(parent, { recursive: true }));

const files = {
  'compose.yaml': 'services: { http: { image: a } }\n',
  'owner.yaml': 'services: { http: { environment: { TOKEN: "${SERVE_BENTO_SECRET_0}" } } }\n',
};

async function write(texts: Readonly<Record<string, string>> = files): Promise<void> {
  await mkdir(folder);
  for (const [name, text] of Object.entries(texts)) await writeFile(path.join(folder, name), text);
}

type Hashes = ReadonlyMap<string, string> | undefined;

/** Compares with the next files. Compose finds these hashes for the files of the last and of the next apply. */
async function compare(
  next: Readonly<Record<string, string>>,
  hashes: { readonly applied: Hashes; readonly next: Hashes },
  hash: string,
): Promise<Comparison> {
  const client = {
    with: ({ files: [file = ''] }: { readonly files: readonly string[] }) => ({
      hashes: () => Promise.resolve(path.dirname(file) === folder ? hashes.applied : hashes.next),
    }),
  };
  const labels = { 'com.docker.compose.config-hash': hash };
  return compareProject({
    ...{ client: client as unknown as ComposeClient, folder, signal },
    resources: { files: next } as unknown as ComposeResources,
    containers: [{ service: 'http', labels } as unknown as Container],
  });
}

const hash = (value: string): Hashes => new Map([['http', value]]);
const keys = ({ notes }: Comparison): readonly string[] => notes.map(({ key }) => key);

it('the same files and values are no difference', async () => {
  await write();
  const same = await compare(files, { applied: hash('h1'), next: hash('h1') }, 'h1');
  expect(same.running).toBe(same.planned);
  expect(same.running).toContain('TOKEN: "***"');
  expect(keys(same)).toEqual([]);
});

it('other files are shown, and explain why containers would be replaced', async () => {
  await write();
  const next = { ...files, 'compose.yaml': 'services: { http: { image: b } }\n' };
  const other = await compare(next, { applied: hash('h1'), next: hash('h2') }, 'h1');
  expect(other.running).toContain('image: a');
  expect(other.planned).toContain('image: b');
  expect(keys(other)).toEqual([]);
  expect(await readdir(parent)).toEqual(['project']);
});

it('values that are in no file are noticed', async () => {
  await write();
  const other = await compare(files, { applied: hash('h2'), next: hash('h2') }, 'h1');
  expect(other.running).toBe(other.planned);
  expect(keys(other)).toEqual(['composeReplaced']);
});

it('says what is not known', async () => {
  const none = await compare(files, { applied: undefined, next: hash('h1') }, 'h1');
  expect(none.running).toBe('');
  expect(keys(none)).toEqual(['composeFilesMissing']);
  await write();
  const unknown = await compare(files, { applied: undefined, next: undefined }, 'h1');
  expect(keys(unknown)).toEqual(['composeHashesUnknown']);
});
