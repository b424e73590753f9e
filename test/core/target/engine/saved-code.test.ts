import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../../src/core/clock';
import { textOf } from '../../../../src/core/messages/message';
import type { Plan } from '../../../../src/core/plan/plan';
import { ServeError } from '../../../../src/core/problem';
import { defaultSettings } from '../../../../src/core/settings/default-settings';
import { EngineBento } from '../../../../src/core/target/engine/engine-bento';
import { discovered } from '../../../support/bentos';
import { applied, FakeApplied } from '../../../support/fake-applied';
import { fakeLog } from '../../../support/fake-engine';
import { entry, planOf } from '../../../support/plans';

import { moment, staysSo } from '../../../support/pauses';
import { until } from '../../../support/until';

const failure = new ServeError({ code: 'import-failed', message: 'It cannot be imported.' });

/** A bento whose source is mounted, in a folder with one module, and an engine that answers when a test says so. */
class Development {
  readonly engine = new FakeApplied();
  readonly file: string;
  readonly bento: EngineBento;
  readonly lines: string[] = [];
  /** Ends each restart that the engine was asked for. */
  readonly restarts: (() => void)[] = [];
  readonly #plan: Plan;
  replan: () => Promise<Plan> = () => Promise.resolve(this.#plan);
  servedAgain = 0;
  /** Its containers have been asked for. They are ready when `starting` resolves. */
  isStarting = false;
  starting: Promise<unknown> = Promise.resolve();

  constructor(isAdopted = false) {
    const folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'saved-code-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    this.file = path.join(folder, 'service.py');
    this.#plan = planOf([entry], { workingDir: folder, sources: [this.file] });
    this.engine.mountsSource = true;
    this.engine.answer = (call) =>
      call === 'restart' ? new Promise((end) => this.restarts.push(end)) : Promise.resolve();
    this.bento = new EngineBento(
      {
        clock: systemClock,
        platform: 'linux',
        engine: { kind: 'compose' },
        request: { bento: discovered({ workingDir: folder }), settings: defaultSettings },
        logFor: () => fakeLog(this.lines),
        onPhase: () => undefined,
        removeFiles: () => Promise.resolve(),
        prepare: () =>
          Promise.resolve({
            ...{ plan: this.#plan, mountsSource: true },
            apply: async () => {
              this.isStarting = true;
              await this.starting;
              return this.engine;
            },
          }),
        code: {
          log: { info: () => undefined },
          replan: () => this.replan(),
          serveAgain: () => Promise.resolve((this.servedAgain += 1)),
        },
      },
      isAdopted ? this.engine : undefined,
    );
    onTestFinished(() => this.bento.leave());
  }

  async started(): Promise<this> {
    await writeFile(this.file, 'first\n');
    await this.bento.start(new AbortController().signal);
    // People save later than the first look at the files.
    await moment(200);
    return this;
  }

  async save(text: string): Promise<void> {
    await writeFile(this.file, text);
    this.bento.filesChanged([this.file]);
  }

  get calls(): number {
    return this.engine.calls.filter((call) => call.startsWith('restart')).length;
  }

  /** The engine has restarted its container. */
  endRestart(): void {
    this.engine.has(applied());
    this.restarts.shift()?.();
  }

  get state(): string | undefined {
    return this.bento.components[0]?.snapshot.state;
  }
}

const untilRestart = (served: Development, count: number): Promise<unknown> =>
  until(`restart ${count}`, () => served.calls === count);

const noRestartAfter = (served: Development, count: number): Promise<void> =>
  staysSo(`${count} restarts`, 150, () => served.calls === count);

it('saves close together are one restart, which the row and the log show until it is ready', async () => {
  const served = await new Development().started();
  expect(served.bento.followsCode).toBe(true);
  await served.save('second\n');
  await served.save('third\n');
  await untilRestart(served, 1);
  expect(served.engine.calls).toEqual(['restart all']);
  expect(served.state).toBe('starting');
  const { waitingFor } = served.bento.components[0]?.details ?? {};
  expect(String(waitingFor && textOf(waitingFor))).toBe('reloading service.py');
  expect(served.lines).toEqual(['stopping']);
  served.endRestart();
  await until('ready', () => served.state === 'ready');
  expect(served.lines.at(-1)).toMatch(/^ready after 0\.\d s$/);
  await noRestartAfter(served, 1);
});

it('a save during a restart does not disturb it, and causes one more', async () => {
  const served = await new Development().started();
  await served.save('second\n');
  await untilRestart(served, 1);
  await served.save('third\n');
  await served.save('fourth\n');
  await noRestartAfter(served, 1);
  served.endRestart();
  await untilRestart(served, 2);
  served.endRestart();
  await noRestartAfter(served, 2);
});

it('a save without a change restarts nothing', async () => {
  const served = await new Development().started();
  await served.save('first\n');
  await noRestartAfter(served, 0);
});

it('a save before the start has ended is served after it', async () => {
  const served = new Development();
  await writeFile(served.file, 'first\n');
  const { promise, resolve } = Promise.withResolvers<undefined>();
  served.starting = promise;
  const starting = served.bento.start(new AbortController().signal);
  await until('its containers', () => served.isStarting);
  // A save before the first look at the files is no change: the containers start with it.
  await moment(500);
  await served.save('second\n');
  resolve(undefined);
  await starting;
  await untilRestart(served, 1);
});

it('code that cannot be imported is a problem until it is fixed, and nothing is restarted', async () => {
  const served = await new Development().started();
  const { replan } = served;
  served.replan = () => Promise.reject(failure);
  await served.save('second\n');
  await until('the problem', () => served.bento.problem?.code === 'import-failed');
  expect(served.bento.problem?.message).toBe(
    'It cannot be imported. Fix it and save again to retry. The previous code is still being served.',
  );
  expect(served.state).toBe('ready');
  const { signal } = new AbortController();
  await expect(served.bento.retryReload(signal)).rejects.toMatchObject({ code: 'import-failed' });
  served.replan = replan;
  await served.save('third\n');
  await untilRestart(served, 1);
  served.endRestart();
  await until('no problem', () => served.bento.problem === undefined);
});

it('a restart by the user tries the saved code again', async () => {
  const served = await new Development().started();
  const { replan } = served;
  served.replan = () => Promise.reject(failure);
  await served.save('second\n');
  await until('the problem', () => served.bento.problem !== undefined);
  served.replan = replan;
  const restarted = served.bento.restartComponent('http', new AbortController().signal);
  await untilRestart(served, 1);
  served.endRestart();
  await untilRestart(served, 2);
  served.endRestart();
  await restarted;
  expect(served.engine.calls).toEqual(['restart http', 'restart all']);
  expect(served.bento.problem).toBeUndefined();
});

it('a stop ends a reload, and what is saved later is left alone', async () => {
  const served = await new Development().started();
  await served.save('second\n');
  await untilRestart(served, 1);
  const stopping = served.bento.stop();
  expect(served.state).toBe('stopping');
  await served.save('third\n');
  served.endRestart();
  await stopping;
  await noRestartAfter(served, 1);
  expect(served.engine.calls).toEqual(['restart all', 'stop']);
  expect(served.bento.problem).toBeUndefined();
});

it('a stop that the engine refuses leaves a bento that still follows its code', async () => {
  const served = await new Development().started();
  const { answer } = served.engine;
  served.engine.answer = () => Promise.reject(failure);
  await expect(served.bento.stop()).rejects.toThrow();
  served.engine.answer = answer;
  await moment(50);
  await served.save('second\n');
  await untilRestart(served, 1);
});

it('a bento that another window has served follows its code, too', async () => {
  const served = new Development(true);
  await served.save('second\n');
  await untilRestart(served, 1);
  served.endRestart();
  await until('ready', () => served.state === 'ready');
  // Its files outside the window's folders are watched from now on.
  expect(served.bento.plan?.sources).toEqual([served.file]);
});

it('code with other components makes the whole bento serve again', async () => {
  const served = await new Development().started();
  served.replan = () => Promise.resolve(planOf([]));
  await served.save('second\n');
  await until('the request', () => served.servedAgain === 1);
  expect(served.calls).toBe(0);
});
