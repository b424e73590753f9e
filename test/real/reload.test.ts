import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Bento } from '../../src/core/model';
import { isAlive } from '../support/processes';
import type { Harness } from '../support/harness';
import { moment, staysSo } from '../support/pauses';
import { post, SteadyRequests } from '../support/steady-requests';
import { long } from '../support/long';
import { forkServerHarnesses, testHarness } from '../support/test-harness';
import { until } from '../support/until';
import { urlOf } from '../support/url-of';

const id = 'service.py:Entry';

const harnesses = testHarness({ sharesHelpers: true });
const set = forkServerHarnesses(harnesses, 'test/fixtures/bentos/edited', 'service:Entry');

const pidsOf = (bento: Bento | undefined, component: string): readonly number[] =>
  bento?.components.find((one) => one.id === component)?.pids ?? [];

function killWorker(bento: Bento | undefined): void {
  const [worker] = pidsOf(bento, 'http');
  if (worker === undefined) throw new Error('No worker is shown.');
  process.kill(worker, 'SIGKILL');
}

const now = (): Bento | undefined => harnesses.current.registry.bentos[0];

function save(name: string, text: string): void {
  const { folder } = harnesses.current;
  const file = path.join(folder, name);
  writeFileSync(file, text);
  harnesses.current.saved([file]);
}

const edit = (name: string, from: string, to: string): void => {
  const before = readFileSync(path.join(harnesses.current.folder, name), 'utf8');
  expect(before).toContain(from);
  save(name, before.replace(from, to));
};

/** What the entry says, once it says this. */
const says = async (url: string, text: string): Promise<void> => {
  let last = '';
  await until(
    `the answer with ${text}`,
    async () => {
      last = await post(`${url}/greet`, {}).catch(String);
      return last.includes(text) || undefined;
    },
    30_000,
  ).catch((error: unknown) => {
    throw new Error(`${last}\n${harnesses.current.log.lines.slice(-30).join('\n')}`, {
      cause: error,
    });
  });
};

/** Milliseconds, longer than a burst of saves. */
const burst = 300;

const reloads = (): number =>
  harnesses.current.log.lines.filter((line) => / changed, which .* use/.test(line)).length;

describe('a save', () => {
  it.each([
    ['forked', 10, {}],
    ['started', 5, { warmUp: 'off' }],
  ])(
    'is served by new workers that are %s, without a request that fails',
    async (_, times, settings) => {
      const { registry } = set(settings);
      const bento = await registry.serve(id);
      const url = urlOf(bento);
      const requests = new SteadyRequests(`${url}/greet`, {});
      for (let time = 1; time <= times; time++) {
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
    },
  );

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
    save('words.py', readFileSync(path.join(harnesses.current.folder, 'words.py'), 'utf8'));
    await until('a look at them', () => reloads() === 2 || undefined);
    await staysSo('two restarts', burst, () => reloads() === 2);
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
    expect(now()?.problem?.message).toMatch(
      /\. Fix it and save again to retry\. The previous code is still being served\.$/,
    );
    expect(now()?.problem?.location?.file).toMatch(/words\.py$/);
    expect(now()).toMatchObject({ state: 'ready' });
    expect(pidsOf(now(), 'http')).toEqual(pidsOf(bento, 'http'));
    save('words.py', 'GREETING = "better"\n');
    await says(urlOf(bento), 'better');
    await until('no problem', () => now()?.problem === undefined || undefined);
    await requests.end();
    expect(requests.failures).toEqual([]);
  });

  it('of many files at once is one restart', long, async () => {
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

  it('during a restart begins it anew', long, async () => {
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
    await moment(burst);
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

  it('of bentofile.yaml restarts all', long, async () => {
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

  it('is not served where the settings say so, nor after a stop', long, async () => {
    const { registry } = set({ reload: false });
    await registry.serve(id);
    save('words.py', 'GREETING = "newer"\n');
    await staysSo('no restart', burst, () => reloads() === 0);
    await harnesses.dispose();
    const other = set();
    await other.registry.serve(id);
    save('words.py', 'GREETING = "newer"\n');
    await other.registry.stop(id);
    expect(now()).toMatchObject({ state: 'stopped' });
    expect(now()?.problem).toBeUndefined();
  });
});

/** Broken, until a module comes that nobody has imported before. */
const needing = (module: string): string => `from ${module} import GREETING\n`;

const broken = (): Promise<true> =>
  until('the problem', () => now()?.problem !== undefined || undefined);

const mended = (): Promise<true> =>
  until('no problem', () => now()?.problem === undefined || undefined);

/** As `pip install` does it: nobody is told. */
function install(module: string, text: string): void {
  const { folder } = harnesses.current;
  mkdirSync(path.join(folder, 'site-packages'), { recursive: true });
  writeFileSync(path.join(folder, 'site-packages', `${module}.py`), text);
}

const withPackages = (): Harness =>
  set({ env: { PYTHONPATH: '${workspaceFolder}/site-packages' } }, { consent: true });

describe('a save that cannot be served', () => {
  it('is served when the module comes that it needs', async () => {
    const { registry } = set();
    const bento = await registry.serve(id);
    save('words.py', needing('helper'));
    await broken();
    await says(urlOf(bento), '"hello"');
    save('unused.py', 'nobody = "imports this"\n');
    await staysSo('broken', burst, () => now()?.problem?.code === 'import-failed');
    save('helper.py', 'GREETING = "helped"\n');
    await says(urlOf(bento), 'helped');
    await mended();
    // It is one of the files now.
    save('helper.py', 'GREETING = "helped again"\n');
    await says(urlOf(bento), 'helped again');
  });

  it('is served by all that use any file saved since the last success', long, async () => {
    const { registry } = set();
    const bento = await registry.serve(id);
    save('inner_words.py', 'WORD = "within\n');
    await broken();
    save('entry_words.py', 'from inner_words import WORD\n');
    const file = () => now()?.problem?.location?.file ?? '';
    await staysSo('broken', burst, () => file().endsWith('inner_words.py'));
    save('inner_words.py', 'WORD = "both"\n');
    await says(urlOf(bento), '"entry": "both", "inner": "both"');
    await mended();
  });

  it(
    'is served after a package was installed: at a save without a change, and by Serve Bento',
    long,
    async () => {
      const { registry } = withPackages();
      const bento = await registry.serve(id);
      save('words.py', needing('first_package'));
      await broken();
      await expect(registry.serve(id)).rejects.toMatchObject({ code: 'import-failed' });
      await says(urlOf(bento), '"hello"');
      install('first_package', 'GREETING = "installed"\n');
      save('words.py', needing('first_package'));
      await says(urlOf(bento), 'installed');
      await mended();
      save('words.py', needing('second_package'));
      await broken();
      install('second_package', 'GREETING = "served again"\n');
      await registry.serve(id);
      expect(now()?.problem).toBeUndefined();
      await says(urlOf(bento), 'served again');
    },
  );

  it(
    'is no problem any more after a restart by hand, or a crash, that serves it',
    long,
    async () => {
      const { registry } = withPackages();
      const bento = await registry.serve(id);
      save('words.py', needing('first_package'));
      await broken();
      install('first_package', 'GREETING = "by hand"\n');
      await registry.restart(id, 'http');
      expect(now()?.problem).toBeUndefined();
      await says(urlOf(bento), 'by hand');
      expect(pidsOf(now(), 'service:Inner')).not.toEqual(pidsOf(bento, 'service:Inner'));

      save('words.py', needing('second_package'));
      await broken();
      killWorker(now());
      await until('the crash', () => now()?.state !== 'ready' || undefined);
      expect(now()?.problem?.message).not.toContain('from before serves on');
      install('second_package', 'GREETING = "after the crash"\n');
      await says(urlOf(bento), 'after the crash');
      await mended();
    },
  );

  it('is served when it was saved before the bento was ready', long, async () => {
    const { registry, folder } = set();
    const importing = path.join(folder, 'importing');
    const slow = `open(${JSON.stringify(importing)}, "w").close()\nimport time\ntime.sleep(1)`;
    writeFileSync(path.join(folder, 'entry_words.py'), `${slow}\nWORD = "slow"\n`);
    const serving = registry.serve(id);
    await until('the import', () => existsSync(importing) || undefined, 30_000);
    save('entry_words.py', 'WORD = "late"\n');
    await says(urlOf(await serving), 'late');
  });
});

it('follows links, their targets, and modules that become packages', long, async () => {
  const { registry, folder } = set();
  const at = (name: string): string => path.join(folder, name);
  mkdirSync(at('parts'));
  renameSync(at('service.py'), at('parts/first_service.py'));
  symlinkSync('parts/first_service.py', at('service.py'));
  writeFileSync(at('parts/first.py'), 'GREETING = "first"\n');
  writeFileSync(at('parts/second.py'), 'GREETING = "second"\n');
  rmSync(at('words.py'));
  symlinkSync('parts/first.py', at('words.py'));
  const url = urlOf(await registry.serve(id));
  await says(url, '"first"');
  // An editor saves what it has opened through the link, another program by its own name.
  save('words.py', 'GREETING = "first again"\n');
  await says(url, 'first again');
  edit('parts/first_service.py', '"greeting": GREETING', '"greeting": "from the target"');
  await says(url, 'from the target');
  edit('service.py', '"from the target"', 'GREETING');
  await says(url, 'first again');
  rmSync(at('words.py'));
  symlinkSync('parts/second.py', at('words.py'));
  harnesses.current.saved([at('words.py')]);
  await says(url, 'second');
  rmSync(at('words.py'));
  mkdirSync(at('words'));
  harnesses.current.saved([at('words.py'), at('words')]);
  await broken();
  save('words/__init__.py', 'GREETING = "of a package"\n');
  await says(url, 'of a package');
  await mended();
});

describe('a restart by hand', () => {
  it.each([
    ['class services', 'bentoml-1.4', 'test/fixtures/bentos/edited', 'Entry', '/greet'],
    ['a legacy service', 'bentoml-1.1', 'samples/shout', 'svc', '/shout'],
  ] as const)('of %s refuses no connection', async (_, environment, sample, name, api) => {
    const reference = `service:${name}`;
    const { registry } = set({}, { python: harnesses.pythons[environment], sample, reference });
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

describe('clients wait, and none is refused, after a crash', () => {
  it.each(['of its first workers', 'of those that a save has started'])('%s', async (whose) => {
    const { registry } = set();
    let bento = await registry.serve(id);
    if (whose !== 'of its first workers') {
      const before = pidsOf(bento, 'http');
      save('words.py', 'GREETING = "saved"\n');
      await says(urlOf(bento), 'saved');
      // For a moment, the rows still show the earlier workers.
      bento = await until('its workers alone', () => {
        const pids = pidsOf(now(), 'http');
        const isNew = pids.length > 0 && !pids.some((pid) => before.includes(pid));
        return isNew && now()?.state === 'ready' ? now() : undefined;
      });
    }
    const requests = new SteadyRequests(`${urlOf(bento)}/slow`, { seconds: 0 });
    await moment(burst);
    killWorker(bento);
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
