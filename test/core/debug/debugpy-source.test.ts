import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canUseDebugpy, debugpyPins, pinnedDebugpy } from '../../../src/core/debug/debugpy-pins';
import { chooseDebugpy, type MissingDebugpy } from '../../../src/core/debug/debugpy-source';
import { installDebugpy } from '../../../src/core/debug/install-debugpy';
import type { Run, RunResult } from '../../../src/core/programs/run';

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'debugpy-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

function put(name: string, version: string): string {
  const folder = path.join(root, name);
  mkdirSync(path.join(folder, 'debugpy'), { recursive: true });
  writeFileSync(path.join(folder, 'debugpy/_version.py'), `{\n "version": "${version}"\n}`);
  return folder;
}

const report = (version: string, debugpy: string | null = null) => ({
  ...{ version, debugpy, tag: 'cpython-311-linux-x86_64', isolation: '-I' as const },
  ...{ installers: ['pip'], modules: [], requirements: [] },
});

const choose = (version: string, own: string | null, bundled?: string) =>
  chooseDebugpy(
    '/venv/bin/python',
    report(version, own),
    { storage: path.join(root, 'storage'), ...(bundled !== undefined && { bundled }) },
    undefined,
  );

describe('the debugpy of an interpreter', () => {
  it('is the one of its environment, else of another extension, else our own', async () => {
    const own = put('env', '1.8.14');
    const bundled = put('bundled', '1.8.20');
    const stored = put('storage/1.8.22-cpython-311-linux-x86_64', '1.8.22');
    expect(await choose('3.11.7', own, bundled)).toMatchObject({
      folder: own,
      source: 'environment',
    });
    expect(await choose('3.11.7', null, bundled)).toMatchObject({
      folder: bundled,
      source: 'bundled',
    });
    expect(await choose('3.11.7', null)).toMatchObject({ folder: stored, source: 'storage' });
  });

  it.each([
    ['3.9.18', '1.8.22'],
    ['3.11.7', '1.6.7'],
    ['3.13.1', '1.7.0'],
    ['3.11.7', '2.0.0'],
  ])('is not one that Python %s cannot use: %s', async (python, version) => {
    const found = await choose(python, put('env', version));
    expect(found).toMatchObject({
      kind: 'missing',
      requirement: `debugpy==${pinnedDebugpy(python)}`,
    });
  });

  it('is not a folder without a version', async () => {
    mkdirSync(path.join(root, 'env/debugpy'), { recursive: true });
    expect(await choose('3.11.7', path.join(root, 'env'))).toMatchObject({ kind: 'missing' });
  });

  it.each(['3.8.18', '3.9.18', '3.10.13', '3.11.7', '3.12.1', '3.13.1', '3.14.0'])(
    'can be installed for Python %s with hashes',
    (python) => {
      const version = pinnedDebugpy(python);
      expect(canUseDebugpy(version, python)).toBe(true);
      expect(debugpyPins).toMatch(
        new RegExp(
          `^debugpy==${version} ; python_version \\S+ '3.10' \\\\\\n +--hash=sha256:`,
          'm',
        ),
      );
    },
  );
});

const success: RunResult = {
  ...{ stdout: '', stderr: '', exitCode: 0, signal: null },
  ...{ failed: false, timedOut: false, cancelled: false, flooded: false },
};

describe('the installation of debugpy', () => {
  const missing = async (): Promise<MissingDebugpy> => {
    const found = await choose('3.11.7', null);
    if (found.kind !== 'missing') throw new Error('It is there.');
    return found;
  };
  const install = (one: MissingDebugpy, run: Run) =>
    installDebugpy(one, { run, env: {}, cwd: root, signal: new AbortController().signal });
  const installs =
    (result: Partial<RunResult> = {}): Run =>
    (_, args) => {
      const folder = args[args.indexOf('--target') + 1] ?? '';
      mkdirSync(path.join(folder, 'debugpy'), { recursive: true });
      writeFileSync(path.join(folder, 'debugpy/_version.py'), '"version": "1.8.22"');
      expect(readFileSync(args.at(-1) ?? '', 'utf8')).toBe(debugpyPins);
      return Promise.resolve({ ...success, ...result });
    };

  it('puts it where it is found next time, and leaves nothing else', async () => {
    const one = await missing();
    expect(await install(one, installs())).toBe(one.folder);
    expect(await choose('3.11.7', null)).toMatchObject({ kind: 'found', source: 'storage' });
    expect(readdirSync(path.dirname(one.folder))).toEqual([path.basename(one.folder)]);
  });

  it('by two windows at once gives both the same one', async () => {
    const both = [await missing(), await missing()];
    const begun: (() => void)[] = [];
    const together: Run = async (file, args, options) => {
      const others = new Promise<void>((resolve) => begun.push(resolve));
      if (begun.length === both.length) for (const begin of begun) begin();
      await others;
      return installs()(file, args, options);
    };
    const folders = await Promise.all(both.map((one) => install(one, together)));
    expect(folders).toEqual(both.map(({ folder }) => folder));
    expect(await choose('3.11.7', null)).toMatchObject({ kind: 'found', source: 'storage' });
    const [{ folder } = await missing()] = both;
    expect(readdirSync(path.dirname(folder))).toEqual([path.basename(folder)]);
  });

  it('replaces one that is not complete, and keeps one that is', async () => {
    const one = await missing();
    mkdirSync(path.join(one.folder, 'debugpy'), { recursive: true });
    writeFileSync(path.join(one.folder, 'debugpy/broken.py'), '');
    const late = await missing();
    await install(one, installs());
    expect(readdirSync(path.join(one.folder, 'debugpy'))).toEqual(['_version.py']);
    // A worker may be using it.
    writeFileSync(path.join(one.folder, 'debugpy/used.py'), '');
    await install(late, installs());
    expect(readdirSync(path.join(one.folder, 'debugpy'))).toContain('used.py');
  });

  it('that fails says why, and leaves nothing that could be used', async () => {
    const one = await missing();
    const stderr = 'WARNING: Retrying\nERROR: No matching distribution found for debugpy==1.8.22\n';
    const failed = install(one, installs({ failed: true, exitCode: 1, stderr }));
    await expect(failed).rejects.toMatchObject({ code: 'debugger' });
    await expect(failed).rejects.toThrow('No matching distribution found');
    expect(existsSync(one.folder)).toBe(false);
    expect(readdirSync(path.dirname(one.folder))).toEqual([]);
  });

  it('ends when it is cancelled', async () => {
    const cancelled = installs({ failed: true, cancelled: true });
    await expect(install(await missing(), cancelled)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('needs pip or uv', async () => {
    const one = { ...(await missing()), command: undefined };
    await expect(install(one, installs())).rejects.toThrow('it has no pip, and no uv was found');
  });
});
