import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock';
import { Helper } from '../../src/core/target/local/helper/helper';
import type { ProcessSpec } from '../../src/core/target/local/helper/process-host';
import { processesWith } from '../support/processes';
import { quietLog } from '../support/quiet-log';
import { temporaryRuns } from '../support/temporary-runs';
import { until } from '../support/until';

const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).trim();
const scripts = path.resolve('src/python');

/** The real helper and fork server, whose second import waits until the test lets it end. */
let helper: Helper;
let folder: string;
let env: Record<string, string>;
let ready: ReturnType<Helper['startForkServer']>;

const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
const endImport = (): void => write('go', '');

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'early-planner-'));
  env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8', EARLY_PLANNER: folder };
  mkdirSync(path.join(folder, 'metrics'));
  write('first.py', '');
  // Modules may run programs.
  write(
    'second.py',
    'import subprocess\nsubprocess.run(["sh", "-c", "until [ -e go ]; do sleep 0.01; done"], check=True)',
  );
  write('planner.py', 'import sys\nprint(*sorted({"first", "second"} & sys.modules.keys()))');
  const directory = path.join(folder, 'run');
  helper = await Helper.start({
    ...{ clock: systemClock, python, scripts, env, directory, log: quietLog() },
    assertTrusted: () => undefined,
    cancel: new AbortController().signal,
    runs: temporaryRuns(folder),
  });
  const code = [
    'import runpy, sys',
    `sys.path[:0] = ${JSON.stringify([scripts, folder])}`,
    'from serve_bento_fork_server import stacks',
    'stacks.PLANNER["service"], stacks.STACKS["service"] = ("first",), ("second",)',
    `runpy.run_path(${JSON.stringify(path.join(scripts, 'fork_server.py'))}, run_name="__main__")`,
  ].join('\n');
  await new Promise<void>((onCanPlan) => {
    ready = helper.startForkServer(
      {
        ...{ argv: [python, '-B', '-c', code], env, cwd: folder, stack: 'service', preload: [] },
        ...{ metrics: path.join(folder, 'metrics'), bytecode: folder, idle: false },
      },
      { onCanPlan, onLost: () => undefined },
    );
  });
});

afterEach(async () => {
  endImport();
  await helper.end();
  await until('the end of all', () => processesWith(folder).length === 0);
  rmSync(folder, { recursive: true, force: true });
});

const planner = (): ProcessSpec => ({
  ...{ process: 'plan', group: 'plan', argv: [python, path.join(folder, 'planner.py')], env },
  ...{ cwd: folder, fds: [], deathSignal: 'SIGKILL', fork: true },
});

it('is forked between two imports, while the helper answers', async () => {
  let output = '';
  helper.onOutput(({ process, text }) => (output += process === 'plan' ? text : ''));
  const spawning = helper.spawn(planner());
  expect(await helper.stopped('http')).toEqual([]);
  endImport();
  const { exited, notForked } = await spawning;
  expect([await exited, notForked]).toEqual([{ code: 0, signal: null }, undefined]);
  expect(output).toBe('first second\n');
});

it('is refused at once if it is ended before it is forked, and the next one is forked', async () => {
  const refused = expect(helper.spawn(planner())).rejects.toMatchObject({
    problem: { detail: expect.stringContaining('ended before it was forked') as string },
  });
  expect(await helper.kill('plan')).toBe(0);
  await refused;
  // Another one cannot wait for the same import.
  const { exited, notForked } = await helper.spawn(planner());
  expect([(await exited).code, notForked]).toEqual([0, expect.stringContaining('is not ready')]);
  endImport();
  expect(await ready).toBeUndefined();
  const last = await helper.spawn(planner());
  expect([(await last.exited).code, last.notForked]).toEqual([0, undefined]);
});

it('is refused when the helper is reset, which leaves the imports alone', async () => {
  const refused = expect(helper.spawn(planner())).rejects.toThrow();
  await helper.reset();
  await refused;
  endImport();
  expect(await ready).toBeUndefined();
});

it('ends with the helper', async () => {
  const refused = expect(helper.spawn(planner())).rejects.toThrow();
  await helper.end();
  await refused;
});
