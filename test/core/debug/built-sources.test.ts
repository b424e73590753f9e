import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtFolder, mappingOfBuilt } from '../../../src/core/debug/built-sources';

let root: string;
let built: string;

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'built-'));
  built = builtFolder(path.join(root, 'bentos/search/1'));
  put(built, 'service.py', 'import lib.model\n');
  put(built, 'lib/model.py', 'x = 1\n');
  put(built, 'README.md', 'built');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(folder: string, name: string, text: string): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function workspace(name: string, model: string): string {
  const folder = path.join(root, name);
  put(folder, 'service.py', 'import lib.model\n');
  put(folder, 'lib/model.py', model);
  put(folder, 'more.py', 'is not part of the bento');
  return folder;
}

describe('the sources of a built bento', () => {
  it('are in the first folder that has the same Python files', async () => {
    const folders = [
      path.join(root, 'missing'),
      workspace('changed', 'x = 2\n'),
      workspace('same', 'x = 1\n'),
      workspace('same too', 'x = 1\n'),
    ];
    expect(await mappingOfBuilt(built, folders)).toEqual([
      { localRoot: path.join(root, 'same'), remoteRoot: built },
    ]);
  });

  it('are nowhere when a file has changed', async () => {
    expect(await mappingOfBuilt(built, [workspace('changed', 'x = 2\n')])).toEqual([]);
  });

  it('are nowhere when the bento has none, or is gone', async () => {
    const empty = path.join(root, 'empty');
    mkdirSync(empty);
    expect(await mappingOfBuilt(empty, [root])).toEqual([]);
    expect(await mappingOfBuilt(path.join(root, 'gone'), [root])).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('are found by both paths of a linked store', async () => {
    const link = path.join(root, 'link');
    symlinkSync(built, link);
    const localRoot = workspace('same', 'x = 1\n');
    expect(await mappingOfBuilt(link, [localRoot])).toEqual([
      { localRoot, remoteRoot: link },
      { localRoot, remoteRoot: built },
    ]);
  });
});
