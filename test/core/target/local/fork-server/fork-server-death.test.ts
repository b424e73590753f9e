import { expect, it } from 'vitest';
import { userFiles } from '../../../../../src/core/diagnosis/user-files';
import { explainForkServerDeath } from '../../../../../src/core/target/local/fork-server/fork-server-death';

const context = { files: userFiles([]), env: {}, python: '/usr/bin/python3' };
const explained = (
  status: { code: number | null; signal: string | null },
  importing: string | null,
  stderr = '',
  more: { wasReady?: boolean; lateAfterMs?: number } = {},
): string =>
  explainForkServerDeath(
    { ...status, importing, wasReady: false, ...more },
    stderr,
    ['torch', 'a.model'],
    context,
  ).inLog;

it.each([
  [
    { code: null, signal: 'SIGKILL' },
    'the process that workers are forked from was killed by SIGKILL (out of memory?) while it imported torch (named in serveBento.preload). Remove torch from serveBento.preload to have workers forked again. Otherwise: free memory, or make it load less.',
  ],
  [
    { code: 7, signal: null },
    'the process that workers are forked from exited with code 7 while it imported torch (named in serveBento.preload). Remove torch from serveBento.preload to have workers forked again. Otherwise: find what ends the process there, such as os._exit() or native code.',
  ],
])('names the module of serveBento.preload that %o came from, and the setting', (status, text) => {
  expect(explained(status, 'torch')).toBe(text);
});

it('blames no setting for a module of BentoML', () => {
  expect(explained({ code: null, signal: 'SIGSEGV' }, 'bentoml')).toBe(
    'the process that workers are forked from was terminated by SIGSEGV while it imported bentoml. Native code crashed: check the packages that it uses, such as their versions and drivers.',
  );
});

it('has the last lines of output, without what Python adds when it crashes', () => {
  const stderr =
    'reading a.bin\n\nFatal Python error: Aborted\n\nCurrent thread 0x1 (most recent call first):\n';
  expect(explained({ code: null, signal: 'SIGABRT' }, 'a.model', stderr)).toMatch(
    /was terminated by SIGABRT \(Aborted\) while it imported a\.model .*; its last output was: reading a\.bin\. Remove/,
  );
});

it('says that Python did not start', () => {
  const stderr =
    "Fatal Python error: init_fs_encoding: failed to get the Python codec\nPython runtime state: core initialized\nModuleNotFoundError: No module named 'encodings'\n";
  expect(explained({ code: 1, signal: null }, null, stderr)).toBe(
    "/usr/bin/python3 cannot be started: failed to get the Python codec; ModuleNotFoundError: No module named 'encodings'. Check the interpreter, or select another one.",
  );
});

it('names the module that did not come to an end, and no signal of ours', () => {
  const killed = { code: null, signal: 'SIGKILL' };
  const late = explained(killed, 'torch', 'asking the hub\n', { lateAfterMs: 60_000 });
  expect(late).toBe(
    'the process that workers are forked from was not ready after 60 s and was ended while it imported torch (named in serveBento.preload); its last output was: asking the hub. Remove torch from serveBento.preload to have workers forked again. Otherwise: find what it waits for, or raise serveBento.startTimeout.',
  );
});

it('says how one died that was ready, and how workers are forked again', () => {
  const killed = { code: null, signal: 'SIGKILL' };
  expect(explained(killed, null, 'last line\n', { wasReady: true })).toBe(
    'the process that workers are forked from was killed by SIGKILL (out of memory?); its last output was: last line. Stop the bento and serve it again to have workers forked again. If it happens again: free memory, or make it load less.',
  );
});
