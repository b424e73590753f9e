import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import assert from 'node:assert/strict';
import { isAlive } from '../../support/processes.ts';
import type { CaseOptions } from '../case-options.mts';
import type { VsCodeWindow } from '../host/window.mts';
import type { Journey } from '../journey.mts';
import { askShout } from '../support/sample-requests.ts';
import { addressOf, pythonPids, untilFound, untilReady } from '../support/services.mts';

// While its host is dead, another window that looks for a port would find its port free.
export const options: CaseOptions = {
  folder: 'samples/shout',
  settings: { 'serveBento.grpc.enabled': true },
  alone: true,
};

const components = ['http', 'grpc', 'count', 'upper'];

/** Nothing outlives an extension host that is killed, nor one that is killed with its helper; the next serves again. */
const journey: Journey = async (_page, window) => {
  await untilFound(window, 'shout');
  await window.command('BentoML: Serve Bento');
  await untilReady(window, components);
  const address = await addressOf(window, 'http');
  const old = pythonPids(window);
  assert.ok(old.length > components.length);

  const servedAgain = async (): Promise<void> => {
    await window.until(
      'new processes',
      () => pythonPids(window).length > components.length,
      30_000,
    );
    await untilReady(window, components);
    assert.equal(await addressOf(window, 'http'), address);
    await askShout(`http://${address}`);
  };

  window.killExtensionHost();
  await window.until('the end of the old ones', () => !old.some(isAlive), 2_000);
  await window.screenshot('killed');
  await servedAgain();
  await window.screenshot('served-again');

  const run = await window.until('the run file of the new helper', () => runOnRecord(window));
  // As a service does that leaves a daemon: nobody but the guard of the helper ends it.
  const daemon = spawn('/bin/sleep', ['600'], {
    stdio: 'ignore',
    env: { SERVE_BENTO_MARK: `${run.mark}:http` },
  });
  try {
    const ended = once(daemon, 'exit');
    const before = pythonPids(window);
    process.kill(run.helper.pid, 'SIGSTOP');
    window.killExtensionHost();
    process.kill(run.helper.pid, 'SIGKILL');
    await window.until('the end of the workers', () => !before.some((pid) => isAlive(pid)), 2_000);
    const [, signal] = (await ended) as [unknown, string];
    assert.equal(signal, 'SIGKILL');
    await servedAgain();
    const next = await window.until('the next run file', () => runOnRecord(window));
    assert.notEqual(next.mark, run.mark);
  } finally {
    daemon.kill('SIGKILL');
  }
};

interface RunOnRecord {
  readonly mark: string;
  readonly helper: { readonly pid: number };
}

/** What the one run file says; throws until there is one that is complete. */
function runOnRecord(window: VsCodeWindow): RunOnRecord {
  const folder = path.join(window.globalStorage(), 'runs');
  const [name = '', ...others] = readdirSync(folder);
  assert.deepEqual(others, []);
  const file = path.join(folder, name);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const run = JSON.parse(readFileSync(file, 'utf8')) as Partial<RunOnRecord>;
  assert.ok(run.mark !== undefined && run.helper !== undefined);
  return { mark: run.mark, helper: run.helper };
}

export default journey;
