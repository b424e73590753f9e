import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { OutsideSources } from '../../../src/vscode/sources/outside-sources';
import { Uri, user, workspace } from '../../support/fake-vscode';
import { ManualClock } from '../../support/manual-clock';

let directory: string;
let clock: ManualClock;
let changed: (readonly string[])[];
let outside: OutsideSources;

const at = (...names: string[]): string => path.join(directory, ...names);

beforeEach(() => {
  user.reset();
  directory = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'outside-sources-')));
  mkdirSync(at('real'));
  symlinkSync(at('real'), at('project'));
  Object.assign(workspace, { workspaceFolders: [{ uri: Uri.file(at('project')) }] });
  clock = new ManualClock();
  changed = [];
  outside = new OutsideSources(clock, (paths) => changed.push(paths));
});

afterEach(() => {
  outside.dispose();
  Object.assign(workspace, { workspaceFolders: undefined });
  rmSync(directory, { recursive: true });
});

it('watches the directories of files that are in no folder of the window', async () => {
  await outside.watch([
    at('project', 'service.py'),
    at('real', 'service.py'),
    at('lib', 'one.py'),
    at('lib', 'two.py'),
    at('project-2', 'three.py'),
  ]);
  expect([...user.watchers.keys()].sort()).toEqual([at('lib'), at('project-2')]);
});

it('tells of sources only, and of a burst at once', async () => {
  await outside.watch([at('lib', 'one.py')]);
  const tell = user.watchers.get(at('lib'));
  for (const name of ['one.py', 'new.py', 'one.pyc', 'notes.txt']) tell?.(at('lib', name));
  await clock.pass(1000);
  expect(changed).toEqual([[at('lib', 'one.py'), at('lib', 'new.py')]]);
});

it('watches nothing that is not served any more', async () => {
  await outside.watch([at('lib', 'one.py')]);
  const older = outside.watch([at('lib', 'one.py')]);
  await Promise.all([older, outside.watch([])]);
  expect([...user.watchers.keys()]).toEqual([]);
});
