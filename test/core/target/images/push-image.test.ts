import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { cancelled } from '../../../../src/core/problem';
import { findImage, type ToolSearch } from '../../../../src/core/target/images/image-tool';
import { PushedLayers, pushImage } from '../../../../src/core/target/images/push-image';
import { registryName } from '../../../../src/core/target/images/registry-names';
import { FakeDocker, programsFolder } from '../../../support/fake-docker';

const digest = `sha256:${'a'.repeat(64)}`;
const registry = 'registry.example.com/team';
const tag = 'search:abc';
const pushedReference = `${registry}/search@${digest}`;

interface World {
  readonly docker: FakeDocker;
  readonly search: ToolSearch;
  readonly push: (own?: string) => Promise<string>;
}

function world(programs: readonly string[] = ['docker']): World {
  const docker = new FakeDocker();
  docker.images.set(tag, []);
  docker.printed = `abc: digest: ${digest} size: 528\n`;
  const folder = programsFolder(programs);
  const search: ToolSearch = {
    ...{ run: docker.run, env: { PATH: folder }, platform: 'linux', cwd: folder },
    signal: new AbortController().signal,
  };
  const push = async (own = tag): Promise<string> => {
    const image = await findImage(tag, search);
    if (image === undefined) throw new Error('no image');
    return pushImage({ tag: own, image, registry, onProgress: () => undefined }, search);
  };
  return { docker, search, push };
}

it('pushes the image with the version of the bento, and returns it with its digest', async () => {
  const { docker, push } = world();
  expect(await push()).toBe(pushedReference);
  expect(docker.calls).toEqual([
    'docker image inspect search:abc',
    `docker tag search:abc ${registry}/search:abc`,
    `docker push ${registry}/search:abc`,
  ]);
});

it.each([
  [true, [`docker manifest inspect ${pushedReference}`]],
  [
    false,
    [
      `docker manifest inspect ${pushedReference}`,
      `docker tag search:abc ${registry}/search:abc`,
      `docker push ${registry}/search:abc`,
    ],
  ],
])('pushes what was pushed before only if the registry has lost it: %j', async (has, calls) => {
  const { docker, push } = world();
  // The digest that it has in another registry says nothing about this one.
  docker.images.set(tag, [`registry.example.com/team2/search@${digest}`, pushedReference]);
  if (has) docker.pushed.add(pushedReference);
  expect(await push()).toBe(pushedReference);
  expect(docker.calls.slice(1)).toEqual(calls);
});

it.each([
  ['localhost:5000', true],
  ['127.0.0.1:5000/team', true],
  ['127.evil.example.com', false],
  ['registry.example.com', false],
])('is asked without HTTPS only on this machine: %s, %j', async (host, isInsecure) => {
  const { docker, search } = world();
  const known = `${host}/search@${digest}`;
  const image = { tool: { name: 'docker', file: '/bin/docker' }, digests: [known] };
  const request = { tag, image, registry: host, onProgress: () => undefined };
  await pushImage(request, search);
  const insecure = isInsecure ? ' --insecure' : '';
  expect(docker.calls[0]).toBe(`docker manifest inspect${insecure} ${known}`);
});

it('reads the digest from the file that podman writes', async () => {
  const { docker, search } = world(['podman']);
  docker.printed = '';
  const run: ToolSearch['run'] = (file, args, options) => {
    const [, option, digestFile = ''] = args;
    if (option === '--digestfile') writeFileSync(digestFile, digest);
    return docker.run(file, args, options);
  };
  const image = { tool: { name: 'podman', file: '/bin/podman' }, digests: [] };
  const request = { tag, image, registry, onProgress: () => undefined };
  expect(await pushImage(request, { ...search, run })).toBe(pushedReference);
});

it('asks a program that prints no digest for it', async () => {
  const { docker, push } = world(['nerdctl']);
  docker.printed = ['config', 'layer', 'manifest']
    .map((kind, index) => `${kind}-sha256:${String(index).repeat(64)}: done |++++++|\n`)
    .join('');
  await expect(push()).rejects.toMatchObject({ code: 'push-failed' });
  docker.images.set(tag, [pushedReference]);
  expect(await push()).toBe(pushedReference);
});

it.each(['search', 'search:latest', 'search:', 'search:a:b', 'Search:abc', 'search:a b'])(
  'does not push %j, which may be another bento later, or is no name',
  async (own) => {
    const { docker, push } = world();
    await expect(push(own)).rejects.toMatchObject({ code: 'push-failed' });
    expect(docker.calls).toEqual(['docker image inspect search:abc']);
    expect(registryName(registry, own)).toBeUndefined();
  },
);

const refused = 'dial tcp 127.0.0.1:5000: connect: connection refused';
it.each([
  [
    'denied: requested access to the resource is denied',
    'registry-denied',
    /docker login registry/,
  ],
  ['unauthorized: authentication required', 'registry-denied', /authentication required/],
  ['no basic auth credentials', 'registry-denied', /no basic auth/],
  ['trying to reuse blob: unexpected status from HEAD request: 403 Forbidden', 'registry-denied'],
  [`Get "http://127.0.0.1:5000/v2/": ${refused}`, 'registry-unreachable', /cannot be reached/],
  ['dial tcp: lookup nowhere.invalid: no such host', 'registry-unreachable', /no such host/],
  ['net/http: TLS handshake timeout', 'registry-unreachable', /cannot be reached/],
  ['received unexpected HTTP status: 503 Service Unavailable', 'registry-unreachable'],
  [
    'Get "https://x/v2/": http: server gave HTTP response to HTTPS client',
    ...['registry-unreachable', /does not use HTTPS/],
  ],
  [
    'Get "https://x/v2/": x509: certificate signed by unknown authority',
    ...['registry-unreachable', /Add its CA to the certificates of docker/],
  ],
  ['write /var/lib/docker/tmp: no space left on device', 'no-space', /no space left/],
  [
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    ...['engine-unreachable', /Start it/],
  ],
  ['manifest invalid: something else', 'push-failed', /something else/],
  ['', 'push-failed', /it gave no reason/],
] as [string, string, RegExp?][])('explains %j: %s', async (stderr, code, message = /./) => {
  const { docker, push } = world();
  docker.pushEnds = { failed: true, exitCode: 1, stderr, stdout: '' };
  await expect(push()).rejects.toMatchObject({ code });
  await expect(push()).rejects.toThrow(message);
});

it('says that a push took too long, and nothing if it was cancelled', async () => {
  const { docker, push } = world();
  docker.pushEnds = { failed: true, timedOut: true };
  await expect(push()).rejects.toMatchObject({ code: 'push-failed' });
  await expect(push()).rejects.toThrow('no answer within 7200 s');
  docker.pushEnds = { failed: true, cancelled: true };
  await expect(push()).rejects.toMatchObject({ code: cancelled().code });
});

it('finds the program that has the image, and says why none could be asked', async () => {
  const { docker, search } = world(['docker', 'podman']);
  expect((await findImage(tag, search))?.tool.name).toBe('docker');
  expect(await findImage('other:abc', search)).toBeUndefined();
  expect(docker.calls.at(-1)).toBe('podman image inspect other:abc');
  docker.ends = { failed: true, stderr: 'Cannot connect to the Docker daemon.' };
  await expect(findImage(tag, search)).rejects.toMatchObject({ code: 'engine-unreachable' });
  docker.ends = { failed: true, cancelled: true };
  await expect(findImage(tag, search)).rejects.toMatchObject({ code: 'cancelled' });
  const none = { ...search, env: { PATH: programsFolder([]) } };
  await expect(findImage(tag, none)).rejects.toMatchObject({ code: 'engine-not-found' });
});

it('counts the layers that the registry has, however the lines are split', () => {
  const layers = new PushedLayers();
  expect(layers.add('The push refers to repository [x]\n0123456789ab: Prepa')).toBe(false);
  expect(layers.add('ring\n0123456789ac: Preparing\n')).toBe(true);
  expect(layers.counts).toEqual({ done: 0, all: 2 });
  layers.add('0123456789ab: Pushed\n0123456789ac: Layer already exists\n0123456789ab: Waiting\n');
  expect(layers.counts).toEqual({ done: 2, all: 2 });
});
