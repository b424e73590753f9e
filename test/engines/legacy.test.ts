import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import { postJson } from '../support/answers';
import { callShout } from '../support/call-grpc';
import type { Harness } from '../support/harness';
import { buildInto } from '../support/image-root';
import { testHarness } from '../support/test-harness';
import { makeImage } from './dockerd';
import { composed, exportCompose } from './support/composed';

const engine = inject('engine');
const harnesses = testHarness();
const { compose } = composed(harnesses);

it('a legacy bento from its image is served with its runners and gRPC', async () => {
  const python = engine.pythons['bentoml-1.1'];
  const harness = harnesses.set({
    ...{ python, sample: 'samples/shout', reference: 'service:svc' },
    settings: { http: { port: 38_200 }, grpc: { enabled: true, port: 38_201 } },
  });
  const image = await bentoImage(harness, python);
  await exportCompose(harness, { reference: image, isDevelopment: false });
  await override(harness.folder, path.dirname(python));
  await compose('up', '--detach', '--wait');
  const { status, body } = await postJson('http://127.0.0.1:38200/shout', { text: 'hello' });
  expect(status, body).toBe(200);
  expect(await callShout('127.0.0.1:38201', 'v1', 'hello')).toContain('HELLO!');
  // Its metrics server listens for the others of the network.
  const metrics = 'import urllib.request as r; print(r.urlopen("http://shout-grpc:3001").status)';
  expect(await compose('exec', 'shout-http', python, '-c', metrics)).toBe('200');
});

/** Like an image of BentoML, it has the built bento; Python comes from this machine. */
async function bentoImage({ folder }: Harness, python: string): Promise<string> {
  const root = path.join(folder, 'root');
  await buildInto(root, { python, folder, bento: 'shout' });
  return makeImage(root, engine.env);
}

/** As people do, in the file that is for changes. */
async function override(folder: string, bin: string): Promise<void> {
  const own = {
    environment: { PATH: `${bin}:/usr/bin:/bin` },
    volumes: engine.mounts.map((mount) => `${mount}:${mount}:ro`),
  };
  const names = ['runner-upper', 'runner-count', 'http', 'grpc'];
  const services = Object.fromEntries(names.map((name) => [`shout-${name}`, own]));
  await writeFile(path.join(folder, 'compose.override.yaml'), stringify({ services }));
}
