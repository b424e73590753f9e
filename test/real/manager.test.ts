import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Component } from '../../src/core/model';
import { ServeError } from '../../src/core/problem';
import { processesWith, servingOf } from '../support/processes';
import type { Harness } from '../support/harness';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';

const harnesses = testHarness({ sharesHelpers: true });
let harness: Harness;

const set = (
  sample: 'search' | 'shout',
  settings: object = {},
  { consent = false, isAlone = false } = {},
): string => {
  const name = sample === 'search' ? 'Search' : 'svc';
  const reference = `service:${name}`;
  const python = harnesses.pythons['bentoml-1.4'];
  const options = { python, sample: `samples/${sample}`, reference, settings, consent };
  harness = isAlone ? harnesses.setAlone(options) : harnesses.set(options);
  return `service.py:${name}`;
};

const component = (id: string): Component => {
  const found = harness.registry.bentos[0]?.components.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no component ${id}`);
  return found;
};

const refusal = async (serving: Promise<unknown>): Promise<string> => {
  const error: unknown = await serving.catch((reason: unknown) => reason);
  if (!(error instanceof ServeError)) throw new Error(`no ServeError but ${String(error)}`);
  return error.code;
};

// What is left behind cannot be told on Windows from a test.
describe.skipIf(process.platform === 'win32')('the manager of bentos', () => {
  it('starts nothing in a folder that is not trusted', async () => {
    const id = set('search', {}, { isAlone: true });
    harness.trusted = false;
    expect(await refusal(harness.registry.serve(id))).toBe('untrusted');
    expect(processesWith(harness.mark)).toEqual([]);
  });

  it('asks before it listens where others can reach it', async () => {
    const id = set('search', { http: { host: '0.0.0.0' } }, { isAlone: true });
    expect(await refusal(harness.registry.serve(id))).toBe('cancelled');
    expect(processesWith(harness.mark)).toEqual([]);
    await harnesses.dispose();
    set('search', { http: { host: '0.0.0.0' } }, { consent: true });
    await harness.registry.serve(id);
    expect(component('http').url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  });

  it('does not know an unknown id', async () => {
    set('search');
    expect(await refusal(harness.registry.serve('nobody'))).toBe('not-found');
  });

  it('ends a start by a stop, and starts again after it', async () => {
    const id = set('search');
    const serving = refusal(harness.registry.serve(id));
    await until(
      'a component',
      () => {
        const bento = harness.registry.bentos[0];
        return (bento?.components.length ?? 0) > 0 || undefined;
      },
      60_000,
    );
    await harness.registry.stop(id);
    expect(await serving).toBe('cancelled');
    expect(servingOf(processesWith(harness.mark))).toEqual([]);
    expect((await harness.registry.serve(id)).state).toBe('ready');
  });

  it('restarts only what can be imported, and leaves alone what runs until then', async () => {
    const id = set('search', { reload: false });
    await harness.registry.serve(id);
    const before = component('http').pids;
    const file = path.join(harness.folder, 'service.py');
    const source = readFileSync(file, 'utf8');
    writeFileSync(file, `import not_there\n${source}`);
    expect(await refusal(harness.registry.restart(id))).toBe('import-failed');
    expect(component('http').pids).toEqual(before);
    expect(harness.registry.bentos[0]?.state).toBe('ready');
    writeFileSync(file, source);
    await harness.registry.restart(id);
    expect(component('http').pids).not.toEqual(before);
  });

  it('lets who waits for a bento that hangs give up', async () => {
    const id = set('search', { health: { interval: 0.5, timeout: 0.5 }, stopGracePeriod: 1 });
    await harness.registry.serve(id);
    for (const pid of component('http').pids) process.kill(pid, 'SIGSTOP');
    await until('the hang', () => component('http').state === 'unhealthy' || undefined, 20_000);
    const cancel = new AbortController();
    const again = refusal(harness.registry.serve(id, { signal: cancel.signal }));
    cancel.abort();
    expect(await again).toBe('cancelled');
  });

  it('restarts a runner and leaves the HTTP server running', async () => {
    const id = set('shout');
    await harness.registry.serve(id);
    const before = component('http').pids;
    await harness.registry.restart(id, 'runner:upper');
    expect(component('runner:upper').state).toBe('ready');
    expect(component('http').pids).toEqual(before);
    expect(harness.registry.bentos[0]?.state).toBe('ready');
  });

  it.runIf(process.platform === 'linux')(
    'has runners listen where no other user reaches them',
    async () => {
      const id = set('shout');
      await harness.registry.serve(id);
      for (const runner of ['runner:upper', 'runner:count']) {
        expect(component(runner)).not.toHaveProperty('port');
      }
      const command = harness.registry.details(id, 'http')?.command ?? '';
      const socket = /file:\/\/([^"]+)/.exec(command)?.[1] ?? '';
      const folder = path.dirname(path.dirname(socket));
      const mode = execFileSync('stat', ['-c', '%a', folder], { encoding: 'utf8' }).trim();
      expect(mode).toBe('700');
    },
  );
});
