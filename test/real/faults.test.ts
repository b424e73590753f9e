import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureEnvironments } from '../../scripts/environments.mts';
import type { Bento, Component } from '../../src/core/model';
import { ServeError } from '../../src/core/problem';
import { isAlive, processesWith } from '../support/processes';
import { setStage, type Stage, type StageOptions } from '../support/stage';
import { until } from '../support/until';

/** What is left behind cannot be told there from a test. */
const isWindows = process.platform === 'win32';

let python: string;
let stage: Stage;

beforeAll(async () => {
  python = (await ensureEnvironments(['bentoml-1.4']))['bentoml-1.4'];
});

afterEach(async () => {
  await stage.dispose();
});

const search = (options: Partial<StageOptions> = {}): string => {
  stage = setStage({ python, sample: 'samples/search', reference: 'service:Search', ...options });
  return 'service.py:Search';
};

const shout = (options: Partial<StageOptions> = {}): string => {
  stage = setStage({ python, sample: 'samples/shout', reference: 'service:svc', ...options });
  return 'service.py:svc';
};

const now = (): Bento => {
  const [bento] = stage.registry.bentos;
  if (bento === undefined) throw new Error('no bento');
  return bento;
};

const component = (id: string): Component => {
  const found = now().components.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no component ${id}`);
  return found;
};

const states = (): Record<string, string> =>
  Object.fromEntries(now().components.map(({ id, state }) => [id, state]));

const failure = async (serving: Promise<unknown>): Promise<ServeError> => {
  const error = await serving.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ServeError)) throw new Error(`no ServeError but ${String(error)}`);
  return error;
};

const untilState = (id: string, state: string, limitMs = 20_000) =>
  until(`${id} ${state}`, () => (states()[id] === state ? true : undefined), limitMs);

/** Replaces the sample's service with one that does something wrong. */
const change = (edit: (source: string) => string): void => {
  const file = path.join(stage.folder, 'service.py');
  writeFileSync(file, edit(readFileSync(file, 'utf8')));
};

async function answers(): Promise<boolean> {
  const response = await fetch(`${component('http').url ?? ''}/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query": "tea"}',
    signal: AbortSignal.timeout(10_000),
  });
  return response.ok;
}

describe.skipIf(isWindows)('before anything runs', () => {
  it('nothing starts in a folder that is not trusted', async () => {
    const id = search();
    stage.trusted = false;
    expect((await failure(stage.registry.serve(id))).code).toBe('untrusted');
    expect(processesWith(stage.mark)).toEqual([]);
  });

  it('listening where others can reach it is asked about first', async () => {
    const id = search({ settings: { http: { host: '0.0.0.0' } } });
    expect((await failure(stage.registry.serve(id))).code).toBe('cancelled');
    expect(processesWith(stage.mark)).toEqual([]);
    await stage.dispose();
    search({ settings: { http: { host: '0.0.0.0' } }, exposure: true });
    await stage.registry.serve(id);
    expect(component('http').url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect(await answers()).toBe(true);
  });

  it('an unknown id is not found', async () => {
    search();
    expect((await failure(stage.registry.serve('nobody'))).code).toBe('not-found');
  });

  it('a configured port that is busy names its holder, and nothing is left', async () => {
    const thief = net.createServer();
    await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
    const { port } = thief.address() as net.AddressInfo;
    try {
      const id = search({ settings: { http: { port } } });
      const error = await failure(stage.registry.serve(id));
      expect(error.code).toBe('port-in-use');
      expect(error.message).toContain(`Port ${port}`);
      expect(error.message).toContain(`pid ${process.pid}`);
      expect(now()).toMatchObject({ state: 'failed', problem: { code: 'port-in-use' } });
      expect(processesWith(stage.mark)).toEqual([]);
    } finally {
      thief.close();
    }
  });

  it('a port nobody configured that is busy leads to the next one, which is kept', async () => {
    const id = search();
    const first = await stage.registry.serve(id);
    const port = first.components.find(({ id: own }) => own === 'http')?.port;
    const other = setStage({ python, sample: 'samples/search', reference: 'service:Search' });
    try {
      const second = await other.registry.serve(id);
      expect(second.components.find(({ id: own }) => own === 'http')?.port).not.toBe(port);
    } finally {
      await other.dispose();
    }
    await stage.registry.stop(id);
    await stage.registry.serve(id);
    expect(component('http').port).toBe(port);
  });

  it('a failing import is told with its exception, file and line', async () => {
    const id = search();
    change((source) => source.replace('import bentoml', 'import bentoml\nimport no_such_module'));
    const error = await failure(stage.registry.serve(id));
    expect(error.code).toBe('import-failed');
    expect(error.message).toContain('no_such_module');
    expect(processesWith(stage.mark)).toEqual([]);
  });

  it('an unknown runner in the settings is told with those that exist', async () => {
    const id = shout({ settings: { runners: { lower: { workers: 1 } } } });
    const error = await failure(stage.registry.serve(id));
    expect(error.code).toBe('unknown-runner');
    expect(error.message).toMatch(/upper.*count|count.*upper/);
  });

  it('gRPC of a class service is said on its row, and the rest is served', async () => {
    const id = search({ settings: { grpc: { enabled: true } } });
    expect((await stage.registry.serve(id)).state).toBe('ready');
    expect(component('grpc').problem?.code).toBe('grpc-unavailable');
  });
});

describe.skipIf(isWindows)('during the start', () => {
  const crashing = (source: string): string =>
    source.replace(
      'class Embedder:',
      'class Embedder:\n    def __init__(self):\n        raise ValueError("no model named iris")\n',
    );

  it('a component that cannot start fails with its exception, and nothing is left', async () => {
    const id = search();
    change(crashing);
    const error = await failure(stage.registry.serve(id));
    expect(error.code).toBe('crashed');
    expect(error.message).toContain('no model named iris');
    expect(error.problem.component).toBe('service:Embedder');
    expect(states()).toMatchObject({ 'service:Embedder': 'failed', http: 'stopped' });
    expect(now().state).toBe('failed');
    expect(processesWith(stage.mark)).toEqual([]);
  });

  it('what is not ready in time fails, and nothing is left', async () => {
    const id = search({ settings: { startTimeout: 5 } });
    change((source) =>
      source.replace(
        'class Embedder:',
        'class Embedder:\n    def __init__(self):\n        import time; time.sleep(120)\n',
      ),
    );
    const error = await failure(stage.registry.serve(id));
    expect(error.code).toBe('start-timeout');
    expect(processesWith(stage.mark)).toEqual([]);
  });

  it.each([0, 200, 500, 900, 1300, 1800])('a cancel after %i ms leaves nothing', async (ms) => {
    const id = search();
    const cancel = new AbortController();
    const serving = failure(stage.registry.serve(id, { signal: cancel.signal }));
    setTimeout(() => cancel.abort(), ms);
    expect((await serving).code).toBe('cancelled');
    expect(now().state).toBe('stopped');
    expect(processesWith(stage.mark)).toEqual([]);
  });

  it('a stop ends the start, and a start after it works', async () => {
    const id = search();
    const serving = failure(stage.registry.serve(id));
    await until('a component', () => now().components.length > 0 || undefined);
    await stage.registry.stop(id);
    expect((await serving).code).toBe('cancelled');
    expect(processesWith(stage.mark)).toEqual([]);
    expect((await stage.registry.serve(id)).state).toBe('ready');
  });

  it('those who ask at the same time get the same', async () => {
    const id = search();
    const [one, two] = await Promise.all([stage.registry.serve(id), stage.registry.serve(id)]);
    expect(one).toBe(two);
    expect(component('http').pids).toHaveLength(1);
  });
});

describe.runIf(process.platform === 'linux')('while it serves', () => {
  it('a worker that is killed is replaced on the same socket; nobody is refused', async () => {
    const id = search();
    await stage.registry.serve(id);
    const [pid] = component('service:Embedder').pids;
    process.kill(pid ?? 0, 'SIGKILL');
    await untilState('service:Embedder', 'backingOff');
    expect(component('service:Embedder').problem?.message).toContain('SIGKILL');
    // The socket is held: a request made meanwhile waits, and is answered.
    const waiting = answers();
    await untilState('http', 'unhealthy');
    expect(component('http').problem?.message).toContain('Embedder');
    expect(await waiting).toBe(true);
    await untilState('service:Embedder', 'ready');
    await untilState('http', 'ready');
    expect(component('service:Embedder').restarts).toBe(1);
    expect(component('http').restarts).toBe(0);
  });

  it('a restart of a runner leaves the HTTP server running', async () => {
    const id = shout();
    await stage.registry.serve(id);
    const before = component('http').pids;
    await stage.registry.restart(id, 'runner:upper');
    expect(states()['runner:upper']).toBe('ready');
    expect(component('http').pids).toEqual(before);
    expect(now().state).toBe('ready');
  });

  it('a hang is seen, and a stop works all the same', { timeout: 60_000 }, async () => {
    const id = search({
      settings: { health: { interval: 0.5, timeout: 0.5 }, stopGracePeriod: 1 },
    });
    await stage.registry.serve(id);
    for (const pid of component('http').pids) process.kill(pid, 'SIGSTOP');
    await untilState('http', 'unhealthy');
    expect(component('http').problem?.code).toBe('unresponsive');
    const cancel = new AbortController();
    const again = failure(stage.registry.serve(id, { signal: cancel.signal }));
    cancel.abort();
    expect((await again).code).toBe('cancelled');
    for (const pid of component('http').pids) process.kill(pid, 'SIGCONT');
    await untilState('http', 'ready');
    for (const pid of component('http').pids) process.kill(pid, 'SIGSTOP');
    await stage.registry.stop(id);
    expect(processesWith(stage.mark)).toEqual([]);
  });

  it('metrics of one component survive the restart of another', async () => {
    const id = shout();
    await stage.registry.serve(id);
    const url = component('http').url ?? '';
    const ask = async (): Promise<number> => {
      await fetch(`${url}/shout`, { method: 'POST', body: 'x' });
      const text = await (await fetch(`${url}/metrics`)).text();
      const counts = [...text.matchAll(/request_total\{[^}]*shout[^}]*\} (\d+)/g)];
      return counts.reduce((sum, [, count]) => sum + Number(count), 0);
    };
    const before = await ask();
    expect(before).toBeGreaterThan(0);
    await stage.registry.restart(id, 'runner:count');
    await untilState('http', 'ready');
    expect(await ask()).toBeGreaterThan(before);
  });

  it('workers that ignore a polite end are forced after the grace period, or at once when asked twice', async () => {
    const id = search({ settings: { stopGracePeriod: 60 } });
    change(
      (source) =>
        `${source}\nimport signal\n_real = signal.signal\nsignal.signal = lambda number, handler: _real(number, signal.SIG_IGN if number == signal.SIGTERM else handler)\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n`,
    );
    await stage.registry.serve(id);
    const pids = now().components.flatMap((one) => one.pids);
    const from = performance.now();
    const stopping = stage.registry.stop(id);
    await until('the start of the stop', () => states()['http'] === 'stopping' || undefined);
    // A wave at a time: dependents first.
    const impatient = setInterval(() => void stage.registry.stop(id), 300);
    await stopping;
    clearInterval(impatient);
    expect(performance.now() - from).toBeLessThan(10_000);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(processesWith(stage.mark)).toEqual([]);
  });

  it('when the helper is killed, everything ends and the bento says so', async () => {
    const id = search();
    await stage.registry.serve(id);
    const [pid] = component('http').pids;
    const helper = execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' });
    process.kill(Number(helper.trim()), 'SIGKILL');
    await until('the end', () => processesWith(stage.mark).length === 0 || undefined, 2000);
    await until('the word', () => now().state === 'failed' || undefined);
    expect(now().problem?.message).toContain('SIGKILL');
    expect((await stage.registry.serve(id)).state).toBe('ready');
  });

  it('no socket can be reached by other users', async () => {
    const id = shout();
    await stage.registry.serve(id);
    for (const runner of ['runner:upper', 'runner:count']) {
      expect(component(runner)).not.toHaveProperty('port');
      const command = stage.registry.details(id, 'http')?.command ?? '';
      const socket = /file:\/\/([^"]+)/.exec(command)?.[1] ?? '';
      const folder = path.dirname(path.dirname(socket));
      const mode = execFileSync('stat', ['-c', '%a', folder], { encoding: 'utf8' }).trim();
      expect(mode).toBe('700');
    }
  });
});
