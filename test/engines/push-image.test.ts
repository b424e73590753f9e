import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { expect, inject, it, onTestFinished } from 'vitest';
import { output } from '../../scripts/run-program.mts';
import { createRun } from '../../src/core/programs/run';
import { findImage, type ToolSearch } from '../../src/core/target/images/image-tool';
import { pushImage } from '../../src/core/target/images/push-image';
import { makeImage } from './dockerd';
import { freePort, startRegistry, user, type TestRegistry } from './support/registry';

const engine = inject('engine');

const docker = (args: readonly string[], env = engine.env): Promise<string> =>
  output('docker', args, { env });

async function temporary(): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'push-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function registryOf(options = {}): Promise<TestRegistry> {
  const registry = await startRegistry(options);
  onTestFinished(() => registry.end());
  return registry;
}

/** An image as `bentoml containerize` leaves it: tagged by the bento. */
async function bentoImage(tag: string): Promise<void> {
  const root = path.join(await temporary(), 'root');
  await output('mkdir', ['-p', root]);
  await writeFile(path.join(root, 'content'), tag);
  await docker(['tag', await makeImage(root, engine.env), tag]);
  onTestFinished(async () => {
    await docker(['image', 'rm', '--force', tag]);
  });
}

/** The user's own configuration, with its credentials. */
async function ownConfig(): Promise<Readonly<Record<string, string>>> {
  const folder = path.join(await temporary(), 'config');
  await cp(engine.env['DOCKER_CONFIG'] ?? '', folder, { recursive: true, verbatimSymlinks: true });
  return { ...engine.env, DOCKER_CONFIG: folder };
}

async function searchWith(
  env: Readonly<Record<string, string>>,
  signal = new AbortController().signal,
): Promise<ToolSearch> {
  const run = createRun(() => undefined);
  return { run, env, platform: process.platform, cwd: await temporary(), signal };
}

async function push(
  tag: string,
  registry: string,
  env: Readonly<Record<string, string>> = engine.env,
  signal?: AbortSignal,
): Promise<{ readonly reference: string; readonly progress: readonly string[] }> {
  const search = await searchWith(env, signal);
  const image = await findImage(tag, search);
  if (image === undefined) throw new Error(`no image ${tag}`);
  const progress: string[] = [];
  const onProgress = ({ done, all }: { done: number; all: number }): void =>
    void progress.push(`${done.toString()}/${all.toString()}`);
  return { reference: await pushImage({ tag, image, registry, onProgress }, search), progress };
}

const uploads = ({ log }: TestRegistry): number =>
  log().filter((line) => /http\.request\.method=(?:PUT|POST|PATCH)/.test(line)).length;

it('an image is pushed with the tag of the bento, and again only if the registry has lost it', async () => {
  const registry = await registryOf();
  await bentoImage('pushed:abc');
  const { reference, progress } = await push('pushed:abc', `${registry.host}/team`);
  expect(reference).toMatch(/^127\.0\.0\.1:\d+\/team\/pushed@sha256:[a-f0-9]{64}$/);
  expect(progress.at(-1)).toBe('1/1');

  // The registry has it by this digest, and by the version only.
  const digest = reference.split('@')[1] ?? '';
  const accept = 'application/vnd.docker.distribution.manifest.v2+json';
  const url = `http://${registry.host}/v2/team/pushed`;
  const manifest = await fetch(`${url}/manifests/${digest}`, { headers: { accept } });
  expect(manifest.headers.get('docker-content-digest')).toBe(digest);
  expect(await (await fetch(`${url}/tags/list`)).json()).toEqual({
    ...{ name: 'team/pushed', tags: ['abc'] },
  });

  const before = uploads(registry);
  expect(before).toBeGreaterThan(0);
  expect((await push('pushed:abc', `${registry.host}/team`)).reference).toBe(reference);
  expect(uploads(registry)).toBe(before);

  // Another registry does not have it.
  const other = await registryOf();
  expect((await push('pushed:abc', other.host)).reference).toBe(`${other.host}/pushed@${digest}`);
}, 120_000);

it('a registry that needs a password gets the credentials of the installed program, or the error says to log in', async () => {
  const registry = await registryOf({ hasUsers: true });
  await bentoImage('secured:abc');
  const env = await ownConfig();
  const refused = push('secured:abc', registry.host, env);
  await expect(refused).rejects.toMatchObject({ code: 'registry-denied' });
  await expect(refused).rejects.toThrow(`docker login ${registry.host}`);

  const login = ['login', '--username', user.name, '--password', user.password, registry.host];
  await docker(login, env);
  const { reference } = await push('secured:abc', registry.host, env);
  expect(reference).toMatch(/\/secured@sha256:/);
}, 120_000);

it('a registry that does not answer is an error with a next step', async () => {
  await bentoImage('unsent:abc');
  const port = await freePort();
  const refused = push('unsent:abc', `127.0.0.1:${port.toString()}`);
  await expect(refused).rejects.toMatchObject({ code: 'registry-unreachable' });
  await expect(refused).rejects.toThrow(/cannot be reached \(.*connection refused/);
  const unknown = push('unsent:abc', 'nowhere.invalid/team');
  await expect(unknown).rejects.toMatchObject({ code: 'registry-unreachable' });
}, 120_000);

it('a registry without HTTPS on another host is an error with a next step', async () => {
  // Docker allows HTTP for loopback addresses only.
  await output('ip', ['address', 'replace', '192.0.2.7/32', 'dev', 'lo']);
  const registry = await registryOf();
  await bentoImage('plain:abc');
  const refused = push('plain:abc', `192.0.2.7:${registry.port.toString()}`);
  await expect(refused).rejects.toMatchObject({ code: 'registry-unreachable' });
  await expect(refused).rejects.toThrow(/does not use HTTPS.*insecure registries of docker/);
}, 120_000);

it('a push can be cancelled while the registry is silent', async () => {
  const server = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  await bentoImage('silent:abc');
  const cancel = new AbortController();
  const pushing = push('silent:abc', `127.0.0.1:${port.toString()}`, engine.env, cancel.signal);
  server.once('connection', () => setTimeout(() => cancel.abort(), 200));
  await expect(pushing).rejects.toMatchObject({ code: 'cancelled' });
}, 60_000);

it('without the image, and without a program for images', async () => {
  expect(await findImage('never-built:abc', await searchWith(engine.env))).toBeUndefined();
  const nothing = { ...engine.env, PATH: await temporary() };
  await expect(findImage('never-built:abc', await searchWith(nothing))).rejects.toMatchObject({
    code: 'engine-not-found',
  });
  // Docker only, whatever else this machine has.
  const [bin = ''] = engine.env['PATH']?.split(path.delimiter) ?? [];
  const silent = { ...engine.env, PATH: bin, DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  await expect(findImage('never-built:abc', await searchWith(silent))).rejects.toMatchObject({
    code: 'engine-unreachable',
  });
}, 60_000);
