import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ExtensionContext } from 'vscode';
import { activate, deactivate } from '../../../src/extension';
import { commandIds } from '../../../src/vscode/identifiers';
import { Uri, user } from '../../support/fake-vscode';

let home: string;

beforeEach(() => {
  user.reset();
  home = mkdtempSync(path.join(os.tmpdir(), 'activate-'));
  // An empty store.
  vi.stubEnv('BENTOML_HOME', home);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

function contextIn(folder: string): ExtensionContext {
  const state = {
    get: (_: string, fallback?: unknown) => fallback,
    update: () => Promise.resolve(),
    keys: () => [],
  };
  return {
    subscriptions: [],
    extensionPath: path.resolve('.'),
    globalState: state,
    workspaceState: state,
    secrets: { get: () => Promise.resolve(undefined), onDidChange: () => ({ dispose: () => {} }) },
    globalStorageUri: Uri.file(folder),
    storageUri: Uri.file(folder),
    extension: { packageJSON: { version: '1.0.0' } },
  } as unknown as ExtensionContext;
}

const kinds = (): string[] => [...user.registered].map((key) => key.replace(/ \d+$/, '')).sort();

it('registers every command of the manifest, and nothing is left after the end', async () => {
  const context = contextIn(home);
  const api = activate(context);
  expect([...user.commands.keys()].sort()).toEqual(Object.values(commandIds).sort());
  await api.refresh();
  expect(kinds()).toEqual(expect.arrayContaining(['task provider', 'channel Serve Bento']));
  await vi.waitFor(() => expect(kinds()).toContain('completions'));
  await deactivate();
  for (const item of context.subscriptions) item.dispose();
  expect(kinds()).toEqual([]);
});

it('without its task provider has everything else, and says so in its log', async () => {
  user.broken = 'task provider';
  const context = contextIn(home);
  const api = activate(context);
  expect(user.commands.size).toBe(Object.keys(commandIds).length);
  await api.refresh();
  expect(user.log.join('\n')).toContain('The feature "tasks" is not available: Error: no task');
  await deactivate();
  for (const item of context.subscriptions) item.dispose();
});
