import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Bento } from '../../src/core/model';
import { componentRow } from '../../src/vscode/tree/component-row';
import { ask, askAs, postJson as post } from '../support/answers';
import { askBentoml } from '../support/bentoml-serve';
import { english } from '../support/english';
import { itEach } from '../support/long';
import { parentOf, processesWith, forkServersOf, waitingPairs } from '../support/processes';
import { forkServerHarnesses, testHarness } from '../support/test-harness';
import { until } from '../support/until';
import { urlOf } from '../support/url-of';

const fixture = 'test/fixtures/bentos/wide';
const id = 'service.py:Wide';

const harnesses = testHarness();
const set = forkServerHarnesses(harnesses, fixture, 'service:Wide');

/** Of the dependency, which has one worker. */
const firstPid = ({ components }: Bento): number =>
  components.find(({ kind }) => kind === 'service')?.pids[0] ?? 0;

/** One answer to everything that a client can ask. */
async function answers(url: string): Promise<Readonly<Record<string, unknown>>> {
  const form = new FormData();
  form.set('file', new Blob(['some words']), 'words.txt');
  const submitted = await post(`${url}/work/submit`, { number: 41 });
  const { task_id: task } = JSON.parse(submitted.body) as { task_id: string };
  let status = '';
  const isDone = async (): Promise<true | undefined> => {
    status = (await ask(`${url}/work/status?task_id=${task}`)).body;
    return /"status": ?"(success|completed)"/.test(status) || undefined;
  };
  await until('the task', isDone, 30_000).catch((error: unknown) => {
    throw new Error(`the task said ${status}`, { cause: error });
  });
  const all = {
    json: await post(`${url}/echo`, { text: 'ab', times: 2 }),
    dependency: await post(`${url}/ask_inner`, { number: 21 }),
    file: await ask(`${url}/upload`, { method: 'POST', body: form }),
    stream: await post(`${url}/count`, { to: 3 }),
    wrongInput: await post(`${url}/echo`, { text: 3, times: 'x' }),
    refused: await post(`${url}/fail`, { how: 'argument' }),
    failed: await post(`${url}/fail`, { how: 'otherwise' }),
    missing: await ask(`${url}/nowhere`),
    task: [submitted.status, await ask(`${url}/work/get?task_id=${task}`)],
    api: await ask(`${url}/docs.json`),
    ready: await ask(`${url}/readyz`),
  };
  const metrics = await ask(`${url}/metrics`);
  const lines = metrics.body.split('\n').filter((line) => line.includes('request_total{'));
  return {
    ...all,
    // Two workers: each counts what it answered, and all of it is told.
    metrics: [...new Set(lines.map((line) => line.replace(/ [\d.]+$/, '')))].sort(),
  };
}

/** `worker` and what it says of itself, for each of both workers. */
async function facts(url: string): Promise<Readonly<Record<string, unknown>>> {
  const found = new Map<number, object>();
  await until('both workers', async () => {
    const { status, body } = await post(`${url}/facts`, {});
    expect(status, body).toBe(200);
    const answer = JSON.parse(body) as { worker: number };
    found.set(answer.worker, answer);
    return found.size === 2 || undefined;
  });
  return Object.fromEntries(found);
}

describe.runIf(process.platform === 'linux')('workers that are forked', () => {
  itEach([['bentoml-1.4']], [['bentoml-1.3']])(
    'answer as those of bentoml serve do, with %s',
    async (environment) => {
      const python = harnesses.pythons[environment];
      const theirs = await askBentoml(
        { python, sample: fixture, reference: 'service:Wide' },
        answers,
      );
      const { registry, folder, log } = set({ health: { interval: 0.5 } }, { python });
      const bento = await registry.serve(id);
      expect(forkServersOf(harnesses.current.mark)).toHaveLength(1);
      expect(log.lines.filter((line) => line.includes('not forked'))).toEqual([]);
      expect(await answers(urlOf(bento))).toEqual(theirs);
      // One of the answers was an error already.
      for (const how of ['a second', 'a third']) await post(`${urlOf(bento)}/fail`, { how });
      const rows = (): readonly string[] =>
        (registry.bento(id)?.components ?? []).map(
          (one) => componentRow(one, registry.details(id, one.id), english, 0).description,
        );
      await expect
        .poll(rows, { timeout: 10_000 })
        .toEqual([
          expect.stringMatching(/ready · 3 errors in the last minute$/),
          expect.stringMatching(/^private socket · ready/),
        ]);
      await registry.stop(id);
      for (const worker of [1, 2]) {
        expect(readFileSync(path.join(folder, `shutdown-${worker}`), 'utf8')).toBe('init startup');
      }
    },
  );

  it('know of themselves what those know that are started', async () => {
    const started = set({ warmUp: 'off' });
    const known = await facts(urlOf(await started.registry.serve(id)));
    expect(forkServersOf(started.mark)).toEqual([]);
    await started.dispose();
    const forked = set();
    expect(await facts(urlOf(await forked.registry.serve(id)))).toEqual(known);
  });

  it('have random numbers of their own', async () => {
    const { registry } = set();
    const url = urlOf(await registry.serve(id));
    const numbers = new Set<number>();
    for (let time = 0; time < 10; time++) {
      const { body } = await post(`${url}/chance`, {});
      for (const number of JSON.parse(body) as number[]) numbers.add(number);
    }
    expect(numbers.size).toBe(20);
  });

  it('show their own command, and are children of the helper', async () => {
    const { registry } = set();
    const bento = await registry.serve(id);
    const pid = firstPid(bento);
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    expect(command).toContain('_bentoml_impl.worker.service');
    expect(command).not.toContain('fork_server.py');
    // This version does not need our check of the Host header.
    expect((await askAs('other.example', `${urlOf(bento)}/livez`)).status).toBe(200);
    expect(new Set(bento.components.flatMap(({ pids }) => pids).map(parentOf)).size).toBe(1);
    const [forkServer = 0] = forkServersOf(harnesses.current.mark);
    expect(parentOf(pid)).toBe(parentOf(forkServer));
  });

  it('live on when the fork server is killed; the next ones are started', async () => {
    const { registry, log } = set();
    const bento = await registry.serve(id);
    process.kill(forkServersOf(harnesses.current.mark)[0] ?? 0, 'SIGKILL');
    const pid = firstPid(bento);
    process.kill(pid, 'SIGKILL');
    await until('another worker', () =>
      registry.bentos[0]?.state === 'ready' && firstPid(registry.bentos[0]) !== pid
        ? true
        : undefined,
    );
    expect(log.lines.join('\n')).toMatch(/was started, not forked: /);
    expect((await post(`${urlOf(bento)}/ask_inner`, { number: 2 })).body).toBe('4');
  });
});

describe.runIf(process.platform === 'linux')('workers are started', () => {
  const isStarted = async (why: RegExp): Promise<void> => {
    const { registry, log } = harnesses.current;
    const bento = await registry.serve(id);
    expect((await post(`${urlOf(bento)}/ask_inner`, { number: 2 })).body).toBe('4');
    expect(log.lines.join('\n')).toMatch(why);
  };

  it('when a variable differs that was read already', async () => {
    const { folder } = set();
    const file = path.join(folder, 'service.py');
    const envs = 'envs=[{"name": "OMP_NUM_THREADS", "value": "1"}]';
    writeFileSync(file, readFileSync(file, 'utf8').replace('workers=2', `${envs}, workers=2`));
    await isStarted(/not forked: OMP_NUM_THREADS was read before/);
  });

  itEach(
    [
      [
        'threads',
        'import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n',
        /starts threads/,
      ],
      [
        'a crash',
        'import os\nprint("loading weights")\nos.abort()\n',
        /forked from was terminated by SIGABRT \(Aborted\) while it imported odd_module \(named in serveBento\.preload\).* Remove odd_module from serveBento\.preload/,
      ],
    ],
    [
      [
        'errors',
        'raise RuntimeError("not here")\n',
        /odd_module cannot be imported: RuntimeError: not here/,
      ],
      ['files', 'import os\nfile = os.open("/dev/null", 0)\n', /opens files/],
      [
        'a sudden end',
        'import os, sys\nprint("no memory left", file=sys.stderr)\nos.kill(os.getpid(), 9)\n',
        /killed by SIGKILL \(out of memory\?\) while it imported odd_module .*; its last output was: no memory left\. /,
      ],
      [
        'an exit, and a process that it leaves behind',
        'import os, sys, time\nif os.fork() == 0:\n    time.sleep(300)\nsys.exit(7)\n',
        /exited with code 7 while it imported odd_module/,
      ],
    ],
  )('when a module to preload has %s', async (_, source, why) => {
    const modules = mkdtempSync(path.join(os.tmpdir(), 'modules-'));
    writeFileSync(path.join(modules, 'odd_module.py'), source);
    set({ preload: ['odd_module'], env: { PYTHONPATH: modules } }, { consent: true });
    try {
      await isStarted(why);
    } finally {
      rmSync(modules, { recursive: true });
    }
  });

  it('when something that was imported has changed on the disk', async () => {
    const modules = mkdtempSync(path.join(os.tmpdir(), 'modules-'));
    const file = path.join(modules, 'own_module.py');
    writeFileSync(file, '');
    set({ preload: ['own_module'], env: { PYTHONPATH: modules } }, { consent: true });
    const { registry } = harnesses.current;
    try {
      await registry.serve(id);
      await registry.stop(id);
      writeFileSync(file, 'x = 1\n');
      await isStarted(/not forked: what was imported has changed/);
    } finally {
      rmSync(modules, { recursive: true });
    }
  });
});

describe.runIf(process.platform === 'linux')('a warm fork server', () => {
  it('serves again, and ends when it was idle for its time', async () => {
    const { registry, mark } = set({}, { warmIdleMs: 4_000 });
    await registry.serve(id);
    const [first] = forkServersOf(mark);
    await registry.stop(id);
    // Its helper and itself.
    expect(waitingPairs(processesWith(mark)).flat().sort()).toEqual(
      [...processesWith(mark)].sort(),
    );
    expect(registry.waitingHelpers).toBe(1);
    const bento = await registry.serve(id);
    expect(forkServersOf(mark)).toEqual([first]);
    expect(registry.waitingHelpers).toBe(0);
    expect((await post(`${urlOf(bento)}/ask_inner`, { number: 2 })).body).toBe('4');
    await registry.stop(id);
    await until('its end', () => processesWith(mark).length === 0, 8_000);
  });

  it('ends with everything', async () => {
    const { registry, mark } = set();
    await registry.serve(id);
    await registry.stop(id);
    expect(waitingPairs(processesWith(mark))).toHaveLength(1);
    await registry.stopAll();
    expect(processesWith(mark)).toEqual([]);
  });
});
