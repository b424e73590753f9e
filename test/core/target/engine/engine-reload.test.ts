import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../../src/core/plan/plan';
import { problemOf, ServeError } from '../../../../src/core/problem';
import { EngineReload } from '../../../../src/core/target/engine/engine-reload';
import { discovered } from '../../../support/bentos';
import { entry, inner, planOf } from '../../../support/plans';

const bento = discovered({ workingDir: '/work', buildFile: '/work/build/my-build.yaml' });
const served = planOf([inner, entry], { sources: ['/shared/models.py', '/work/limits.json'] });

interface World {
  /** Returns the code of the problem, or `done`. */
  readonly run: (...files: readonly string[]) => Promise<string>;
  readonly did: string[];
  readonly reload: EngineReload;
  /** Answers what the changed code would run. */
  planned: () => Promise<Plan>;
}

/** A reload of a bento on an engine, and what it did. @param plan what is served, if it is known */
function setUp({ plan }: { readonly plan?: Plan } = { plan: served }): World {
  const did: string[] = [];
  const answers = { planned: () => Promise.resolve(served) };
  const reload = new EngineReload({
    bento,
    log: { info: (text) => did.push(text) },
    plan: () => plan,
    confirm: () => did.push('confirmed'),
    components: () => ['service:Inner', 'http'],
    replan: (before) => {
      expect(before).toBe(plan);
      return answers.planned();
    },
    restart: (files) => Promise.resolve(void did.push(`restart ${files}`)),
    serveAgain: () => Promise.resolve(did.push('serve again')),
  });
  const { signal } = new AbortController();
  return Object.assign(answers, {
    ...{ did, reload },
    run: (...files: readonly string[]) =>
      reload.run(new Map(files.map((file) => [file, 0])), signal).then(
        () => 'done',
        (error: unknown) => problemOf(error).code,
      ),
  });
}

describe('the containers are restarted', () => {
  it.each([
    ['a module beside the service', '/work/service.py'],
    ['a module below it', '/work/lib/words.py'],
    ['a module elsewhere that the plan came from', '/shared/models.py'],
    ['the build file', '/work/build/my-build.yaml'],
    ['a build file with a usual name', '/work/bentofile.yaml'],
  ])('after %s has changed', async (_, file) => {
    const { run, did } = setUp();
    expect(await run(file)).toBe('done');
    const name = file.split('/').at(-1) ?? '';
    expect(did).toEqual([
      'confirmed',
      `Search: ${name} changed, which service:Inner, http use`,
      `restart ${name}`,
    ]);
  });

  it('once for several files', async () => {
    const { run, did } = setUp();
    await run('/work/service.py', '/work/lib/words.py', '/work/notes.txt');
    expect(did.at(-1)).toBe('restart service.py, words.py');
  });
});

it.each(['/work/notes.txt', '/elsewhere/service.py', '/work/other/bentofile.yaml'])(
  'nothing happens after %s has changed',
  async (file) => {
    const { run, did } = setUp();
    expect(await run(file)).toBe('done');
    expect(did).toEqual([]);
  },
);

it('a file that only the plan reads causes a new plan, and no restart', async () => {
  const { run, did } = setUp();
  expect(await run('/work/limits.json')).toBe('done');
  expect(did).toEqual(['confirmed']);
});

it('code that cannot be imported restarts nothing', async () => {
  const world = setUp();
  world.planned = () =>
    Promise.reject(new ServeError({ code: 'import-failed', message: 'It cannot be imported.' }));
  expect(await world.run('/work/service.py')).toBe('import-failed');
  expect(world.did).toEqual([]);
});

it('a save while the code is imported starts the import again', async () => {
  const { reload, did } = setUp();
  const cancel = new AbortController();
  const running = reload.run(new Map([['/work/service.py', 0]]), cancel.signal);
  cancel.abort();
  expect(problemOf(await running.catch((error: unknown) => error)).code).toBe('cancelled');
  expect(did).toEqual([]);
});

it('code with other components is served by other containers', async () => {
  const world = setUp();
  world.planned = () => Promise.resolve(planOf([entry]));
  expect(await world.run('/work/service.py')).toBe('done');
  expect(world.did).toEqual(['Search: it has other components now', 'serve again']);
});

describe('a bento that another window has served', () => {
  it('is restarted if it has the same components', async () => {
    const { run, did } = setUp({});
    expect(await run('/work/service.py')).toBe('done');
    expect(did.at(-1)).toBe('restart service.py');
  });

  it('is served again if it has others', async () => {
    const world = setUp({});
    world.planned = () => Promise.resolve(planOf([entry, { ...inner, id: 'service:Other' }]));
    expect(await world.run('/work/service.py')).toBe('done');
    expect(world.did.at(-1)).toBe('serve again');
  });
});
