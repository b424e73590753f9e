import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../../../../src/core/plan/plan';
import { cancelled, problemOf, ServeError } from '../../../../../src/core/problem';
import { Reload, type ReloadParts } from '../../../../../src/core/target/local/reload/reload';
import { discovered } from '../../../../support/bentos';
import { planned, planOf } from '../../../../support/plans';
import { quietLog } from '../../../../support/quiet-log';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'reload-')));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => path.join(folder, name);

interface Given {
  /** Ids of components that can be renewed, and of others. */
  readonly renewable?: readonly string[];
  readonly others?: readonly string[];
  /** Why there are no new workers. */
  readonly failure?: Error;
  /** What BentoML says now: the same plan, another one, or why there is none. */
  readonly says?: 'same' | 'other' | Error;
  /** Another save comes while this happens. */
  readonly savedDuring?: 'renew' | 'plan';
  readonly sources?: readonly string[];
}

/** Components run what was saved before 0 by the clock: everything that is reported later is newer. */
function setUp(given: Given) {
  const {
    renewable = ['http'],
    others = [],
    failure,
    savedDuring,
    sources = ['service.py'],
  } = given;
  const said = { now: given.says ?? 'same' };
  const calls: string[] = [];
  const cancel = new AbortController();
  const log = quietLog();
  const plan = planOf([planned()], { workingDir: folder, sources: sources.map(at) });
  const other = planOf([planned(), planned({ id: 'grpc', kind: 'grpc' })], { workingDir: folder });
  const components = {
    all: [...renewable, ...others].map((id) => ({
      component: { planned: planned({ id }), workers: { imports: [undefined] } },
      supervisor: { state: 'ready' },
      runningSince: () => 0,
    })),
    canRenew: (id: string) => renewable.includes(id),
    renew: (ids: readonly string[]) => {
      if (ids.length > 0) calls.push(`renew ${ids.join(', ')}`);
      if (savedDuring === 'renew') cancel.abort();
      if (cancel.signal.aborted) return Promise.reject(cancelled());
      return failure === undefined ? Promise.resolve({}) : Promise.reject(failure);
    },
    restart: (ids: readonly string[]) => {
      if (ids.length > 0) calls.push(`restart ${ids.join(', ')}`);
    },
  };
  const parts = {
    ...{ components, log, request: { bento: discovered({ workingDir: folder }) } },
    preparation: {
      replan: (): Promise<Plan> => {
        calls.push('plan');
        if (said.now instanceof Error) return Promise.reject(said.now);
        // A save that comes after the plan was made, before it is used.
        if (savedDuring === 'plan') cancel.abort();
        return Promise.resolve(said.now === 'same' ? { ...plan, sources: [] } : other);
      },
    },
    plan: () => plan,
    confirm: () => calls.push('confirm'),
    replace: (_: Plan, signal: AbortSignal) => {
      calls.push('replace');
      return signal.aborted ? Promise.reject(cancelled()) : Promise.resolve();
    },
  } as unknown as ReloadParts;
  const reload = new Reload(parts);
  const run = async (files: readonly string[], signal = cancel.signal): Promise<string> => {
    calls.length = 0;
    const changed = new Map(files.map((name) => [at(name), 1]));
    const outcome = await reload.run(changed, signal).then(
      () => 'done',
      (error: unknown) => problemOf(error).code,
    );
    return [...calls, outcome].join('; ');
  };
  return { reload, run, log, said };
}

const crashed = new ServeError({ code: 'crashed', message: 'It cannot be imported.' });
const noImport = new ServeError({ code: 'import-failed', message: 'No such module.' });

describe('what is done about saved files', () => {
  it.each<[string, readonly string[], Given, string]>([
    ['nothing for files that nobody uses', ['notes.txt'], {}, 'done'],
    ['new workers, and a look at the plan', ['words.py'], {}, 'renew http; plan; confirm; done'],
    [
      'new workers for all that use them',
      ['words.py'],
      { renewable: ['http', 'inner'] },
      'renew http, inner; plan; confirm; done',
    ],
    [
      'a restart for those that cannot be renewed, once the code can be imported',
      ['words.py'],
      { renewable: [], others: ['http'] },
      'plan; confirm; restart http; done',
    ],
    [
      'both for both',
      ['words.py'],
      { renewable: ['http'], others: ['inner'] },
      'renew http; plan; confirm; restart inner; done',
    ],
    [
      'other components instead',
      ['service.py'],
      { says: 'other' },
      'renew http; plan; replace; done',
    ],
    [
      'other components instead, also where new workers failed',
      ['service.py'],
      { says: 'other', failure: crashed },
      'renew http; plan; replace; done',
    ],
    [
      'the failure of new workers is told, where the plan is the same',
      ['words.py'],
      { failure: crashed },
      'renew http; plan; confirm; crashed',
    ],
    [
      'the failure of the import is told, where new workers failed too',
      ['words.py'],
      { failure: crashed, says: noImport },
      'renew http; plan; import-failed',
    ],
    [
      'nothing is told where new workers serve and the plan cannot be had',
      ['words.py'],
      { says: noImport },
      'renew http; plan; done',
    ],
    [
      'nothing is restarted that could not be imported',
      ['words.py'],
      { renewable: [], others: ['http'], says: noImport },
      'plan; import-failed',
    ],
    [
      'the plan alone is looked at where only its sources changed',
      ['plan.txt'],
      { sources: ['plan.txt'] },
      'plan; confirm; done',
    ],
  ])('%s', async (_, files, given, expected) => {
    expect(await setUp(given).run(files)).toBe(expected);
  });

  it('is logged once, with the names of the files and of what uses them', async () => {
    const { run, log } = setUp({ renewable: ['http', 'inner'] });
    await run(['words.py', 'deeper/words.py']);
    expect(log.lines.filter((line) => line.includes('changed'))).toEqual([
      'Search: words.py changed, which http, inner use',
    ]);
  });
});

describe('another save', () => {
  it('while new workers start begins the reload anew', async () => {
    const { run } = setUp({ savedDuring: 'renew' });
    expect(await run(['words.py'])).toBe('renew http; cancelled');
  });

  it('after the plan was made leaves it to the next reload, also one of files that nobody uses', async () => {
    const { run } = setUp({ says: 'other', savedDuring: 'plan' });
    expect(await run(['service.py'])).toBe('renew http; plan; done');
    expect(await run(['notes.txt'], new AbortController().signal)).toBe('plan; replace; done');
    expect(await run(['notes.txt'], new AbortController().signal)).toBe('done');
  });

  it('after the plan of failed workers was made cancels the change to other components', async () => {
    const { run } = setUp({ says: 'other', failure: crashed, savedDuring: 'plan' });
    expect(await run(['service.py'])).toBe('renew http; plan; replace; cancelled');
    expect(await run([], new AbortController().signal)).toBe('plan; replace; done');
  });
});

describe('a plan that could not be had', () => {
  it.each<[string, 'same' | 'other', string]>([
    ['and is the same', 'same', 'plan; confirm; done'],
    ['and is another one', 'other', 'plan; replace; done'],
  ])('is asked for again at the next reload, %s', async (_, says, expected) => {
    const { run, said } = setUp({ says: noImport });
    await run(['words.py']);
    said.now = says;
    expect(await run([])).toBe(expected);
    expect(await run([])).toBe('done');
  });
});

it('knows a change from a save of the same content, from its beginning on', async () => {
  writeFileSync(at('service.py'), 'one');
  const { reload } = setUp({});
  expect((await reload.changes([at('service.py')])).changed).toEqual([]);
  writeFileSync(at('service.py'), 'two');
  expect((await reload.changes([at('service.py')])).changed).toEqual([at('service.py')]);
});
