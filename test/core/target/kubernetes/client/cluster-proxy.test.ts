import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../../../../src/core/clock';
import type { Run } from '../../../../../src/core/programs/run';
import { cancelled } from '../../../../../src/core/problem';
import { ClusterProxy } from '../../../../../src/core/target/kubernetes/client/cluster-proxy';
import type { ClusterReader } from '../../../../../src/core/target/kubernetes/client/cluster-reader';
import { ProxiedReader } from '../../../../../src/core/target/kubernetes/client/proxied-reader';
import { SharedParts } from '../../../../../src/core/shared-parts';
import { ended } from '../../../../support/fake-kubectl';
import { ManualClock } from '../../../../support/manual-clock';
import { until } from '../../../../support/until';

const pods = '/api/v1/namespaces/team/pods?watch=1';
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

/** A proxy whose kubectl is a server of this process. */
function proxied(
  answer: RequestListener,
  {
    failures = [],
    clock = systemClock,
    kubeconfig = [],
  }: { failures?: Error[]; clock?: Clock; kubeconfig?: readonly string[] } = {},
) {
  const started: { readonly args: readonly string[]; readonly folder: string; server: Server }[] =
    [];
  const run: Run = (_file, args, { cwd, signal, onOutput }) => {
    const server = createServer(answer);
    started.push({ args, folder: cwd, server });
    const socket = /^--unix-socket=(.*)$/.exec(args.find((one) => one.includes('socket=')) ?? '');
    server.listen(socket?.[1] ?? '', () => onOutput?.('Starting to serve\n', 'stdout'));
    return new Promise((resolve) => {
      const end = (): void => {
        server.close();
        server.closeAllConnections();
      };
      server.once('close', () => resolve(ended(1)));
      signal?.addEventListener('abort', end);
      if (signal?.aborted === true) end();
    });
  };
  const proxy = new ClusterProxy({
    ...{ run, clock, kubeconfig, context: 'dev', env: { PATH: '/bin' } },
    program: { file: '/bin/kubectl', version: '1.32.0' },
    makeFolder: async () => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      const folder = await mkdtemp(path.join(os.tmpdir(), 'sb-'));
      cleanups.push(() => rm(folder, { recursive: true, force: true }));
      return folder;
    },
  });
  cleanups.push(() => proxy.dispose());
  return { proxy, started };
}

const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'succeeded',
    () => 'failed',
  );

it('starts one kubectl for all requests, which ends with it and leaves no folder', async () => {
  const { proxy, started } = proxied((request, response) => response.end(request.url));
  const answers = [pods, '/other'].map((url) => proxy.get(url, { idleTimeoutMs: 1_000 }));
  expect(await Promise.all(answers)).toEqual([pods, '/other']);
  expect(started).toHaveLength(1);
  const [{ args, folder } = { args: [], folder: '' }] = started;
  expect(args).toContain('--context=dev');
  proxy.dispose();
  await until('the end of the folder', () => !existsSync(folder));
});

it('lets kubectl accept nothing but requests for what is watched', async () => {
  const { proxy, started } = proxied((_, response) => response.end());
  await proxy.get(pods, { idleTimeoutMs: 1_000 });
  const option = (name: string): RegExp => {
    const found = started[0]?.args.find((one) => one.startsWith(`--${name}=`)) ?? '';
    return new RegExp(found.slice(name.length + 3));
  };
  const accepted = option('accept-paths');
  for (const one of [
    ...['/api/v1/namespaces/team/pods', '/apis/apps/v1/namespaces/a/deployments'],
    ...['/api/v1/namespaces/team/events', '/k8s/c1/api/v1/namespaces/team/pods'],
  ]) {
    expect(one).toMatch(accepted);
  }
  for (const one of [
    ...['/api/v1/namespaces/team/secrets', '/api/v1/namespaces/team/pods/x/exec', '/api/v1/pods'],
    ...['/api/v1/namespaces/team/pods/x/log', '/', '/api/v1/secrets?/api/v1/namespaces/a/pods'],
  ]) {
    expect(one).not.toMatch(accepted);
  }
  const rejected = option('reject-methods');
  expect('GET').not.toMatch(rejected);
  for (const one of ['POST', 'PUT', 'PATCH', 'DELETE']) expect(one).toMatch(rejected);
});

it('ends a kubectl that does not answer, and starts another one', async () => {
  let isSilent = true;
  const { proxy, started } = proxied((_, response) => {
    if (!isSilent) response.end('yes');
  });
  expect(await outcome(proxy.get(pods, { idleTimeoutMs: 50 }))).toBe('failed');
  isSilent = false;
  expect(await proxy.get(pods, { idleTimeoutMs: 1_000 })).toBe('yes');
  expect(started).toHaveLength(2);
  expect(started[0]?.server.listening).toBe(false);
});

it('keeps a kubectl that answers others', async () => {
  let isAsked = false;
  const { proxy, started } = proxied((request, response) => {
    if (request.url === '/slow') isAsked = true;
    else response.end('yes');
  });
  const slow = outcome(proxy.get('/slow', { idleTimeoutMs: 300 }));
  await until('the request', () => isAsked);
  await proxy.get(pods, { idleTimeoutMs: 1_000 });
  expect(await slow).toBe('failed');
  expect(await proxy.get(pods, { idleTimeoutMs: 1_000 })).toBe('yes');
  expect(started).toHaveLength(1);
});

it('ends what it follows when kubectl is ended, so that it is followed through the next one', async () => {
  let isFollowed = false;
  const { proxy } = proxied((_, response) => {
    response.write('one\n');
  });
  const following = outcome(
    proxy.follow(pods, {
      signal: new AbortController().signal,
      onOutput: () => (isFollowed = true),
    }),
  );
  await until('the first output', () => isFollowed);
  proxy.restart();
  expect(await following).toBe('succeeded');
});

it('tries again after there was no folder for its socket', async () => {
  const { proxy } = proxied((_, response) => response.end('yes'), {
    failures: [new Error('no space left')],
  });
  expect(await outcome(proxy.get(pods, { idleTimeoutMs: 1_000 }))).toBe('failed');
  expect(await proxy.get(pods, { idleTimeoutMs: 1_000 })).toBe('yes');
});

it('starts a kubectl that has ended again', async () => {
  const { proxy, started } = proxied((_, response) => response.end('yes'));
  await proxy.get(pods, { idleTimeoutMs: 1_000 });
  started[0]?.server.close();
  await until('the end of the first', () => !existsSync(started[0]?.folder ?? ''));
  expect(await proxy.get(pods, { idleTimeoutMs: 1_000 })).toBe('yes');
});

it('starts another kubectl when its configuration has changed, and ends the old one', async () => {
  const clock = new ManualClock();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sb-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'config');
  await writeFile(file, 'user: first');
  const { proxy, started } = proxied((_, response) => response.write('one\n'), {
    ...{ clock, kubeconfig: [path.join(folder, 'missing'), file] },
  });
  let isFollowed = false;
  const onOutput = (): void => void (isFollowed = true);
  const { signal } = new AbortController();
  const following = outcome(proxy.follow(pods, { signal, onOutput }));
  await until('the first output', () => isFollowed);
  const before = proxy.configuration;
  clock.jump(3_000);
  await clock.pass(0);
  await until('the next look', () => clock.waiting === 1);
  expect([proxy.configuration, started[0]?.server.listening]).toEqual([before, true]);
  await writeFile(file, 'user: another');
  clock.jump(3_000);
  await clock.pass(0);
  expect(await following).toBe('succeeded');
  expect(proxy.configuration).not.toBe(before);
  isFollowed = false;
  void outcome(proxy.follow(pods, { signal, onOutput }));
  await until('the output of the next one', () => isFollowed);
  expect(started.map(({ server }) => server.listening)).toEqual([false, true]);
});

it('tries again at once after its configuration has changed', async () => {
  const clock = new ManualClock();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sb-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'config');
  let starts = 0;
  const proxy = new ClusterProxy({
    ...{ clock, kubeconfig: [file], context: 'dev', env: {} },
    program: { file: '/bin/kubectl', version: '1.32.0' },
    run: () => {
      starts += 1;
      return Promise.resolve(ended(1, '', 'error: context "dev" does not exist'));
    },
    makeFolder: () => mkdtemp(path.join(folder, 'run-')),
  });
  cleanups.push(() => proxy.dispose());
  const get = (): Promise<string> => outcome(proxy.get(pods, { idleTimeoutMs: 1_000 }));
  await get();
  await get();
  expect(starts).toBe(1);
  await writeFile(file, 'a context');
  clock.jump(3_000);
  await clock.pass(0);
  await until('the change', () => proxy.configuration === 1);
  await get();
  expect(starts).toBe(2);
});

it('reports a kubectl that does not start, and does not start it for each request', async () => {
  const clock = new ManualClock();
  const folders: string[] = [];
  const proxy = new ClusterProxy({
    ...{ clock, kubeconfig: [], context: 'dev', env: {} },
    program: { file: '/bin/kubectl', version: '1.32.0' },
    run: () => Promise.resolve(ended(1, '', 'error: unknown flag')),
    makeFolder: async () => {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'sb-'));
      folders.push(folder);
      return folder;
    },
  });
  for (const round of [1, 1, 2]) {
    expect(await outcome(proxy.get(pods, { idleTimeoutMs: 1_000 }))).toBe('failed');
    expect(folders).toHaveLength(round);
    clock.jump(15_000);
  }
  await until('the end of the folders', () => !folders.some((one) => existsSync(one)));
  proxy.dispose();
});

describe('a reader through a proxy', () => {
  /** Requests that got no answer through the proxy. */
  function reader(answer: RequestListener, options: Parameters<typeof proxied>[1] = {}) {
    const own: string[] = [];
    const kubectl: ClusterReader = {
      ...{ isCheap: false, configuration: 0 },
      get: (url) => Promise.resolve(`own ${url}`),
      follow: (url, { signal }) => {
        if (signal.aborted) throw cancelled();
        own.push(url);
        return Promise.resolve();
      },
    };
    const { proxy, started } = proxied(answer, options);
    return { own, started, read: new ProxiedReader(proxy, kubectl) };
  }

  it('asks with a kubectl of its own where that has no success', async () => {
    let status = 200;
    const { read } = reader((_, response) => response.writeHead(status).end('proxied'));
    expect(await read.get(pods, {})).toBe('proxied');
    expect(read.isCheap).toBe(true);
    status = 403;
    expect(await read.get(pods, {})).toBe(`own ${pods}`);
    // So it is not asked every second.
    expect(read.isCheap).toBe(false);
    status = 200;
    await read.get(pods, {});
    expect(read.isCheap).toBe(true);
  });

  it('starts the proxy again, at most once a minute, if its configuration may be outdated', async () => {
    const clock = new ManualClock();
    const { read, started } = reader((_, response) => response.writeHead(401).end(), { clock });
    const kubectls: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      await read.get(pods, {});
      kubectls.push(started.length);
      clock.jump(30_000);
    }
    expect(kubectls).toEqual([1, 1, 1, 2]);
  });

  it('follows an answer in parts, and treats a cut-off answer as ended', async () => {
    for (const how of ['end', 'destroy'] as const) {
      const { read, own } = reader((_, response) => {
        response.write('first\n');
        setTimeout(() => response[how](), 50);
      });
      let text = '';
      const onOutput = (part: string): void => void (text += part);
      await read.follow(pods, { signal: new AbortController().signal, onOutput });
      expect([text, own]).toEqual(['first\n', []]);
    }
  });

  it('has a kubectl of its own say why an answer cannot be followed', async () => {
    const { read, own } = reader((_, response) => response.writeHead(410).end());
    await read.follow(pods, { signal: new AbortController().signal, onOutput: () => undefined });
    expect(own).toEqual([pods]);
  });

  it('is cancelled, and not taken for one whose answer has ended', async () => {
    const { read } = reader((_, response) => response.write('first\n'));
    const cancel = new AbortController();
    const onOutput = (): void => cancel.abort();
    await expect(read.follow(pods, { signal: cancel.signal, onOutput })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

it('a shared part is made once, and ends with its last user', () => {
  const log: string[] = [];
  const parts = new SharedParts();
  const make = (): { dispose: () => void } => {
    log.push('made');
    return { dispose: () => log.push('ended') };
  };
  const [first, second] = [parts.acquire('a', make), parts.acquire('a', make)];
  expect(first.part).toBe(second.part);
  parts.acquire('b', make);
  expect(log).toEqual(['made', 'made']);
  first.dispose();
  first.dispose();
  expect(log).toEqual(['made', 'made']);
  second.dispose();
  expect(log).toEqual(['made', 'made', 'ended']);
  expect(parts.acquire('a', make).part).not.toBe(first.part);
});
