import { afterEach, beforeEach, expect, it } from 'vitest';
import { WindowFolders } from '../../../src/vscode/sources/window-folders';
import { user, workspace } from '../../support/fake-vscode';
import { quietLog } from '../../support/quiet-log';

const { getConfiguration } = workspace;
let python: string;
let reads: number;
let folders: WindowFolders;

beforeEach(() => {
  user.reset();
  python = 'python3.11';
  reads = 0;
  const inspect = (key: string): unknown => {
    reads += 1;
    return key === 'pythonPath' ? { globalValue: python } : undefined;
  };
  const get = (_: string, fallback?: unknown): unknown => fallback;
  Object.assign(workspace, { getConfiguration: () => ({ get, inspect }) });
  const ignore = (): void => undefined;
  folders = new WindowFolders({
    log: quietLog(),
    onDidDiscover: ignore,
    onDidChangeFiles: ignore,
  });
});

afterEach(() => {
  folders.dispose();
  Object.assign(workspace, { getConfiguration });
});

const own = (): string | undefined => folders.usersOwnSettingsOf('/project').defaults.pythonPath;

it("reads the user's own settings of a folder once", () => {
  expect([own(), own()]).toEqual(['python3.11', 'python3.11']);
  const once = reads;
  own();
  expect(reads).toBe(once);
});

it.each(['configure', 'refresh'] as const)("reads them again after '%s'", async (change) => {
  own();
  python = 'python3.12';
  const changed = folders[change]([]);
  // A serve may follow at once.
  expect(own()).toBe('python3.12');
  await changed;
});
