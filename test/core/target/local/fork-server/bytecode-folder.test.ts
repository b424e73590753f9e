import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareBytecodeFolder } from '../../../../../src/core/target/local/fork-server/bytecode-folder';

const day = 24 * 60 * 60_000;

describe('the folder for bytecode', () => {
  let storage: string;
  let folder: string;

  beforeEach(() => {
    storage = mkdtempSync(path.join(os.tmpdir(), 'storage-'));
    folder = path.join(storage, 'missing', 'bytecode');
  });

  afterEach(() => rmSync(storage, { recursive: true }));

  it.runIf(process.platform !== 'win32')('can be written to by its owner only', async () => {
    await prepareBytecodeFolder(folder, Date.now());
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('keeps what it has for 30 days', async () => {
    await prepareBytecodeFolder(folder, Date.now());
    const file = path.join(folder, 'module.pyc');
    writeFileSync(file, '');
    await prepareBytecodeFolder(folder, Date.now() + 29 * day);
    expect(existsSync(file)).toBe(true);
    await prepareBytecodeFolder(folder, Date.now() + 31 * day);
    expect(existsSync(file)).toBe(false);
    expect(existsSync(folder)).toBe(true);
  });
});
