import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Bento } from '../../src/core/model';
import { isAlive } from '../support/processes';
import { post, SteadyRequests } from '../support/steady-requests';
import { templateStages, testStage } from '../support/test-stage';
import { until } from '../support/until';
import { urlOf } from '../support/url-of';

const id = 'service.py:Entry';

const stages = testStage();
const set = templateStages(stages, 'test/fixtures/bentos/edited', 'service:Entry');

const pidsOf = (bento: Bento | undefined, component: string): readonly number[] =>
  bento?.components.find((one) => one.id === component)?.pids ?? [];

const now = (): Bento | undefined => stages.current.registry.bentos[0];

function save(name: string, text: string): void {
  const { folder } = stages.current;
  const file = path.join(folder, name);
  writeFileSync(file, text);
  stages.current.saved([file]);
}

const edit = (name: string, from: string, to: string): void => {
  const before = readFileSync(path.join(stages.current.folder, name), 'utf8');
  expect(before).toContain(from);
  save(name, before.replace(from, to));
};

/** What the entry says, once it says this. */
const says = async (url: string, text: string): Promise<void> => {
  let last = '';
  await until(`the answer with ${text}`, async () => {
    last = await post(`${url}/greet`, {}).catch(String);
    return last.includes(text) || undefined;
  }).catch((error: unknown) => {
    throw new Error(`${last}\n${stages.current.log.lines.slice(-30).join('\n')}`, { cause: error });
  });
};

/** Longer than a burst of saves. */
const settle = (): Promise<void> => pause(300);

const reloads = (): number =>
  stages.current.log.lines.filter((line) => / changed, which .* use/.test(line)).length;

describe('a save', () => {
  it('is served by new workers, without a request that fails', async () => {
    const { registry } = set();
    const bento = await registry.serve(id);
    const url = urlOf(bento);
    const requests = new SteadyRequests(`${url}/greet`, {});
    for (let time = 1; time <= 10; time++) {
      save('words.py', `GREETING = "hello ${time}"\n`);
      await says(url, `hello ${time}`);
    }
    await requests.end();
    expect(requests.failures).toEqual([]);
    expect(now()).toMatchObject({ state: 'ready' });
    expect(urlOf(now() as Bento)).toBe(url);
    for (const component of ['http', 'service:Inner']) {
      expect(pidsOf(now(), component)).not.toEqual(pidsOf(bento, component));
    }
  });

  it('restarts the components that use the file, and no others', async () => {
    const { registry } = set();
    const bento = await registry.serve(id);
    const url = urlOf(bento);
    save('inner_words.py', 'WORD = "within"\n');
    await says(url, 'within');
    expect(pidsOf(now(), 'http')).toEqual(pidsOf(bento, 'http'));
    const inner = pidsOf(now(), 'service:Inner');
    expect(inner).not.toEqual(pidsOf(bento, 'service:Inner'));
    save('entry_words.py', 'WORD = "outside"\n');
    await says(url, 'outside');
    expect(pidsOf(now(), 'service:Inner')).toEqual(inner);
    save('unused.py', 'nobody = "imports this"\n');
    save('words.py', readFileSync(path.join(stages.current.folder, 'words.py'), 'utf8'));
    await until('a look at them', () => reloads() === 2 || undefined);
    await settle();
    expect(reloads()).toBe(2);
  });

  it.each([
    ['of one syntax error', 'GREETING = "hello', 'import-failed', /words\.py:1/],
    ['that raises', 'raise RuntimeError("not today")', 'import-failed', /not today/],
  ])('%s leaves what serves alone, and says so', async (_, text, code, message) => {
    const { registry } = set();
    const bento = await registry.serve(id);
    const requests = new SteadyRequests(`${urlOf(bento)}/greet`, {});
    save('words.py', `${text}\n`);
    await until('the problem', () => now()?.problem);
    expect(now()?.problem).toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
    expect(now()?.problem?.message).toMatch(/ The code from before serves on\.$/);
    expect(now()?.problem?.location?.file).toMatch(/words\.py$/);
    expect(now()).toMatchObject({ state: 'ready' });
    expect(pidsOf(now(), 'http')).toEqual(pidsOf(bento, 'http'));
    save('words.py', 'GREETING = "better"\n');
    await says(urlOf(bento), 'better');
    await until('no problem', () => now()?.problem === undefined || undefined);
    await requests.end();
    expect(requests.failures).toEqual([]);
  });

  it('of many files at once is one restart', async () => {
    const { registry } = set();
    const bento = await registry.serve(id);
    for (let time = 0; time < 20; time++) {
      save('words.py', `GREETING = "hello ${time}"\n`);
      save('inner_words.py', `WORD = "${time}"\n`);
      save('entry_words.py', `WORD = "${time}"\n`);
    }
    await says(urlOf(bento), 'hello 19');
    expect(reloads()).toBe(1);
  });

  it('during a restart begins it anew', async () => {
    const { registry, log } = set();
    const bento = await registry.serve(id);
    save('words.py', 'import time\ntime.sleep(5)\nGREETING = "late"\n');
    await until('the first', () => reloads() === 1 || undefined);
    save('words.py', 'GREETING = "at once"\n');
    await says(urlOf(bento), 'at once');
    expect(log.lines.join('\n')).not.toContain('is not known');
  });

  it('lets requests in flight finish', async () => {
    const { registry } = set();
    const bento = await registry.serve(id);
    const slow = post(`${urlOf(bento)}/slow`, { seconds: 2 });
    await settle();
    save('words.py', 'GREETING = "newer"\n');
    await says(urlOf(bento), 'newer');
    expect(await slow).toBe('hello');
    const [old = 0] = pidsOf(bento, 'http');
    await until('the end of the old one', () => !isAlive(old) || undefined);
  });

  it('that makes another service of it serves that on the same port', async () => {
    const { registry } = set();
    const bento = await registry.serve(id);
    const requests = new SteadyRequests(`${urlOf(bento)}/slow`, { seconds: 0 });
    edit('service.py', 'class Inner:', 'class Within:');
    edit('service.py', 'depends(Inner)', 'depends(Within)');
    await until(
      'the other component',
      () => pidsOf(now(), 'service:Within').length > 0 || undefined,
    );
    await until('ready', () => now()?.state === 'ready' || undefined);
    await says(urlOf(bento), '"in"');
    expect(now()?.components.map((one) => one.id)).toEqual(['http', 'service:Within']);
    expect(urlOf(now() as Bento)).toBe(urlOf(bento));
    await requests.end();
    expect(requests.failures).toEqual([]);
  });

  it('of bentofile.yaml restarts all', async () => {
    const { registry } = set();
    const bento = await registry.serve(id);
    save('bentofile.yaml', 'service: "service:Entry"\n');
    await until(
      'new workers',
      () =>
        ['http', 'service:Inner'].every(
          (one) => String(pidsOf(now(), one)) !== String(pidsOf(bento, one)),
        ) || undefined,
    );
  });

  it.each([
    ['workers that were started', { warmUp: 'off' }],
    ["BentoML's own commands", { launcher: 'cli' }],
  ])('is served by %s too', async (_, settings) => {
    const { registry } = set(settings);
    const bento = await registry.serve(id);
    save('inner_words.py', 'WORD = "within"\n');
    await says(urlOf(bento), 'within');
    save('words.py', 'GREETING = "hello\n');
    await until('the problem', () => now()?.problem);
    await says(urlOf(bento), 'within');
  });

  it('is not served where the settings say so, nor after a stop', async () => {
    const { registry } = set({ reload: false });
    await registry.serve(id);
    save('words.py', 'GREETING = "newer"\n');
    await settle();
    expect(reloads()).toBe(0);
    await stages.dispose();
    const other = set();
    await other.registry.serve(id);
    save('words.py', 'GREETING = "newer"\n');
    await other.registry.stop(id);
    expect(now()).toMatchObject({ state: 'stopped' });
    expect(now()?.problem).toBeUndefined();
  });
});

describe('a restart by hand', () => {
  it.each([
    ['class services', 'bentoml-1.4', 'test/fixtures/bentos/edited', 'Entry', '/greet'],
    ['a legacy service', 'bentoml-1.1', 'samples/shout', 'svc', '/shout'],
  ] as const)('of %s refuses no connection', async (_, environment, sample, name, api) => {
    const reference = `service:${name}`;
    const { registry } = set({}, { python: stages.pythons[environment], sample, reference });
    const bento = await registry.serve(`service.py:${name}`);
    const requests = new SteadyRequests(`${urlOf(bento)}${api}`, {});
    for (const { id: component } of bento.components) {
      const before = pidsOf(now(), component);
      await registry.restart(bento.id, component);
      expect(pidsOf(now(), component)).not.toEqual(before);
      expect(before.filter(isAlive)).toEqual([]);
    }
    await requests.end();
    expect(requests.failures).toEqual([]);
  });

  it('keeps what serves when the new code cannot', async () => {
    const { registry, folder } = set({ reload: false });
    const bento = await registry.serve(id);
    writeFileSync(path.join(folder, 'words.py'), 'GREETING = "hello\n');
    await expect(registry.restart(id, 'http')).rejects.toThrow(/Python cannot read words\.py:1/);
    expect(now()).toMatchObject({ state: 'ready' });
    expect(pidsOf(now(), 'http')).toEqual(pidsOf(bento, 'http'));
  });
});

describe('after a crash', () => {
  it('clients wait, and none is refused', async () => {
    const { registry } = set();
    const bento = await registry.serve(id);
    const requests = new SteadyRequests(`${urlOf(bento)}/slow`, { seconds: 0 });
    await settle();
    process.kill(pidsOf(bento, 'http')[0] ?? 0, 'SIGKILL');
    await until('another worker', () =>
      now()?.state === 'ready' && String(pidsOf(now(), 'http')) !== String(pidsOf(bento, 'http'))
        ? true
        : undefined,
    );
    await requests.end();
    // What the worker had accepted dies with it.
    expect(requests.failures.filter((one) => one.includes('ECONNREFUSED'))).toEqual([]);
  });
});
