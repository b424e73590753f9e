import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRun } from '../../../src/core/programs/run';
import type { FindRequest } from '../../../src/core/interpreter/interpreter-finder';
import { ManualClock } from '../../support/manual-clock';
import { MemoryFiles } from '../../support/memory-files';
import { untrusted } from '../../support/untrusted';
import { FakeInterpreters } from './fake-interpreters';
import { say, textOf } from '../../../src/core/messages/message';

describe.skipIf(process.platform === 'win32')('InterpreterFinder', () => {
  let fakes: FakeInterpreters;
  const request = (change: Partial<FindRequest['settings']> = {}): FindRequest => ({
    folder: fakes.path('project'),
    workingDir: fakes.path('project/fraud'),
    settings: { env: { PATH: '/usr/bin:/bin' }, ...change },
  });

  beforeEach(async () => {
    fakes = await FakeInterpreters.create();
    await writeFile(fakes.path('probe.py'), '');
  });
  afterEach(async () => {
    await fakes.remove();
  });

  describe('takes', () => {
    it('the setting before everything else', async () => {
      const path = await fakes.python('mine/python');
      await fakes.python('project/.venv/bin/python');
      const found = await fakes
        .finder({ selected: () => Promise.resolve('/nowhere') })
        .find(request({ pythonPath: path }));
      expect(found).toEqual({
        path,
        packages: expect.any(String) as string,
        version: '3.11.7',
        bentomlVersion: '1.4.38',
        origin: say('originSetting'),
      });
    });

    it('a command name or the folder of an environment as the setting', async () => {
      const path = await fakes.python('bin/python3.11');
      const finder = fakes.finder();
      expect(await finder.find(request({ pythonPath: 'python3.11' }))).toMatchObject({ path });
      const venv = await fakes.python('env/bin/python');
      expect(await finder.find(request({ pythonPath: fakes.path('env') }))).toMatchObject({
        path: venv,
      });
    });

    it('the choice of the Python extension before what lies around', async () => {
      const path = await fakes.python('chosen/python');
      await fakes.python('project/.venv/bin/python');
      const asked: string[] = [];
      const selected = (folder: string): Promise<string> => {
        asked.push(folder);
        return Promise.resolve(path);
      };
      expect(await fakes.finder({ selected }).find(request())).toMatchObject({
        path,
        origin: say('originExtension'),
      });
      expect(asked).toEqual([fakes.path('project')]);
    });

    it('the next place in order as the earlier ones vanish', async () => {
      const env = {
        PATH: fakes.path('bin'),
        VIRTUAL_ENV: fakes.path('active'),
        CONDA_PREFIX: fakes.path('conda'),
      };
      const places = [
        ['project/fraud/.venv/bin/python', '.venv in the working directory'],
        ['project/fraud/venv/bin/python', 'venv in the working directory'],
        ['project/.venv/bin/python', '.venv in the workspace folder'],
        ['project/venv/bin/python', 'venv in the workspace folder'],
        ['active/bin/python', 'the active virtual environment'],
        ['conda/bin/python', 'the active conda environment'],
        ['bin/python3', 'python3 on the path'],
        ['bin/python', 'python on the path'],
      ] as const;
      for (const [name] of places) await fakes.python(name);
      const finder = fakes.finder({ env });
      for (const [name, origin] of places) {
        const found = await finder.find(request());
        expect([found.path, textOf(found.origin)]).toEqual([fakes.path(name), origin]);
        await fakes.python(name, { bentoml: null });
      }
    });

    it('what a shim stands for', async () => {
      const real = await fakes.python('versions/bin/python');
      await fakes.program('bin/python3', `exec "${real}" "$@"`);
      expect(await fakes.finder().find(request())).toMatchObject({ path: real });
    });

    it('the next one when one found by itself lacks BentoML, is too old or does not run', async () => {
      await fakes.python('project/.venv/bin/python', { bentoml: null });
      await fakes.python('project/venv/bin/python', { version: '3.7.17', bentoml: null });
      await fakes.program('bin/python3', 'echo "pyenv: python3: command not found" >&2; exit 127');
      const path = await fakes.python('bin/python');
      expect(await fakes.finder().find(request())).toMatchObject({ path });
    });

    it('what lies around when the Python extension fails', async () => {
      const path = await fakes.python('bin/python3');
      const selected = (): never => {
        throw new Error('not activated');
      };
      expect(await fakes.finder({ selected }).find(request())).toMatchObject({ path });
    });
  });

  describe('says of the interpreter of the setting', () => {
    const failing = async (
      path: string,
      timeoutMs?: number,
    ): Promise<{ code: string; message: string; detail: string | undefined }> => {
      const finder = fakes.finder({}, timeoutMs);
      const error: unknown = await finder.find(request({ pythonPath: path })).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      const { code, message, problem } = error as {
        code: string;
        message: string;
        problem: { detail?: string };
      };
      return { code, message: message.replaceAll(fakes.root, ''), detail: problem.detail };
    };
    const ofSetting = (why: string): string =>
      `The Python interpreter /python (the setting serveBento.pythonPath) ${why}. Select another interpreter.`;

    it('that it does not exist', async () => {
      expect(await failing(fakes.path('python'))).toMatchObject({
        code: 'no-python',
        message: ofSetting('does not exist'),
      });
    });

    it('that its command is not on the path', async () => {
      expect(await failing('python3.99')).toMatchObject({
        code: 'no-python',
        message:
          'The command python3.99 of the setting serveBento.pythonPath is not on the path. Correct the setting or select an interpreter.',
      });
    });

    it.each([
      [
        'exits',
        'echo "no module named encodings" >&2; exit 1',
        'does not run: it exited with code 1; its last output was: no module named encodings',
        'no module named encodings',
      ],
      ['crashes', 'kill -SEGV $$', 'does not run: it was terminated by SIGSEGV', undefined],
      [
        'crashes in Python',
        'echo loading; echo "Fatal Python error: Segmentation fault" >&2; kill -SEGV $$',
        'does not run: it was terminated by SIGSEGV (Segmentation fault); its last output was: loading',
        'Fatal Python error: Segmentation fault',
      ],
      [
        'is killed',
        'echo "loading sitecustomize" >&2; kill -KILL $$',
        'does not run: it was killed by SIGKILL (out of memory?); its last output was: loading sitecustomize',
        'loading sitecustomize',
      ],
      [
        'cannot start Python',
        'printf "%s\\n" "Fatal Python error: init_fs_encoding: failed to get the Python codec" "Python runtime state: core initialized" "ModuleNotFoundError: No module named \'encodings\'" >&2; exit 1',
        "does not run: failed to get the Python codec; ModuleNotFoundError: No module named 'encodings'",
        expect.stringContaining('init_fs_encoding') as unknown,
      ],
      [
        'prints garbage',
        'echo "<html>"',
        'does not answer like a Python interpreter; its last output was: <html>',
        '<html>',
      ],
      ['says nothing', 'exit 0', 'does not answer like a Python interpreter', undefined],
      [
        'floods',
        'while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done',
        'wrote more than 64 KiB instead of a short answer',
        expect.any(String) as unknown,
      ],
    ])('that it %s', async (_, body, why, detail) => {
      const path = await fakes.program('python', body);
      expect(await failing(path)).toEqual({ code: 'no-python', message: ofSetting(why), detail });
    });

    it('that it hangs', async () => {
      const path = await fakes.program('python', "trap '' TERM; sleep 300");
      expect(await failing(path, 200)).toMatchObject({
        code: 'no-python',
        message: ofSetting('did not answer within 10 s'),
      });
    });

    it('that it must not be executed', async () => {
      await writeFile(fakes.path('python'), '');
      expect(await failing(fakes.path('python'))).toMatchObject({
        code: 'no-python',
        message: ofSetting('is not executable by this user'),
      });
    });

    it('that its Python is too old', async () => {
      const path = await fakes.python('python', { version: '3.6.15', bentoml: null });
      expect(await failing(path)).toMatchObject({
        code: 'no-python',
        message: ofSetting('is Python 3.6.15, and 3.8 or newer is needed'),
      });
    });

    it('that BentoML is missing, although another would have it', async () => {
      await fakes.python('bin/python3');
      const path = await fakes.python('python', { bentoml: null });
      expect(await failing(path)).toMatchObject({
        code: 'no-bentoml',
        message:
          'BentoML is not installed in /python (Python 3.11.7, the setting serveBento.pythonPath). Install BentoML there or select another interpreter.',
      });
    });

    it.each(['0.13.2', '1.0.7', '2.0.0'])('that BentoML %s is not supported', async (bentoml) => {
      const path = await fakes.python('python', { bentoml });
      expect(await failing(path)).toMatchObject({
        code: 'unsupported-version',
        message: `BentoML ${bentoml} in /python (the setting serveBento.pythonPath) is not supported: 1.0.8 or newer, below 2 is needed. Install such a version there or select another interpreter.`,
      });
    });
  });

  describe('when none will do', () => {
    it('says so when there is none at all', async () => {
      await expect(fakes.finder().find(request())).rejects.toMatchObject({
        code: 'no-python',
        message: expect.stringContaining('No Python interpreter was found') as string,
      });
    });

    it('reports the one nearest to serving, with its path for the next step', async () => {
      await fakes.program('project/.venv/bin/python', 'exit 1');
      const near = await fakes.python('bin/python3', { bentoml: null });
      await fakes.python('bin/python', { bentoml: null });
      await expect(fakes.finder().find(request())).rejects.toMatchObject({
        code: 'no-bentoml',
        interpreter: near,
      });
    });

    it('does not look further once it is cancelled', async () => {
      await fakes.program('project/.venv/bin/python', 'sleep 300');
      await fakes.python('bin/python3');
      const signal = AbortSignal.timeout(200);
      await expect(fakes.finder().find({ ...request(), signal })).rejects.toMatchObject({
        code: 'cancelled',
      });
      expect(fakes.runs).toBe(1);
    });

    it('does not wait for the Python extension once it is cancelled', async () => {
      const finder = fakes.finder({ selected: () => new Promise(() => undefined) });
      const signal = AbortSignal.timeout(50);
      await expect(finder.find({ ...request(), signal })).rejects.toMatchObject({
        code: 'cancelled',
      });
    });

    it('runs nothing in an untrusted workspace', async () => {
      const marker = fakes.path('ran');
      await fakes.program('bin/python3', `echo > ${marker}`);
      const finder = fakes.finder({ run: createRun(untrusted) });
      await expect(finder.find(request())).rejects.toMatchObject({ code: 'untrusted' });
    });
  });

  describe('asks an interpreter', () => {
    it('isolated, in a neutral folder, without the variables of Python', async () => {
      const answer = JSON.stringify({
        executable: '',
        version: '3.11.7',
        bentoml: '1.4.38',
        paths: [],
      });
      const path = await fakes.program(
        'python',
        `{ pwd; env; for a in "$@"; do echo "arg $a"; done; } > "${fakes.path('seen')}"; echo '${answer}'`,
      );
      const env = {
        PYTHONHOME: '/evil',
        PYTHONPATH: 'src:/abs',
        ELECTRON_RUN_AS_NODE: '1',
        PATH: '/bin',
      };
      const found = await fakes.finder({ env }).find({
        ...request({ pythonPath: path, env: { MINE: '1', PYTHONUSERBASE: '/base' } }),
      });
      expect(found.path).toBe(path);
      const seen = await readFile(fakes.path('seen'), 'utf8');
      const lines = seen.split('\n');
      expect(lines[0]).toBe(fakes.root);
      expect(lines).toContain('MINE=1');
      expect(lines).toContain(`PYENV_DIR=${fakes.path('project/fraud')}`);
      expect(seen).not.toMatch(/^(?:PYTHON|ELECTRON)/m);
      const variables = {
        PYTHONPATH: `${fakes.path('project/fraud/src')}:/abs`,
        PYTHONUSERBASE: '/base',
      };
      const args = lines.filter((line) => line.startsWith('arg ')).map((line) => line.slice(4));
      expect(args).toEqual(['-I', '-B', fakes.path('probe.py'), JSON.stringify(variables)]);
    });

    it('once, until it or its packages change', async () => {
      const packages = fakes.path('site-packages');
      await mkdir(packages);
      const pythonPath = await fakes.python('python', { paths: [packages, '/nowhere'] });
      const finder = fakes.finder();
      await finder.find(request({ pythonPath }));
      await finder.find(request({ pythonPath }));
      expect(fakes.runs).toBe(1);

      await mkdir(join(packages, 'bentoml-1.4.39.dist-info'));
      await finder.find(request({ pythonPath }));
      expect(fakes.runs).toBe(2);

      await utimes(pythonPath, 1, 1);
      await finder.find(request({ pythonPath }));
      expect(fakes.runs).toBe(3);

      await finder.find(request({ pythonPath, env: { PYTHONPATH: '/x', PATH: '/usr/bin:/bin' } }));
      expect(fakes.runs).toBe(4);
    });

    it('each time while BentoML is missing, and each time behind a shim', async () => {
      const pythonPath = await fakes.python('python', { bentoml: null });
      const finder = fakes.finder();
      await expect(finder.find(request({ pythonPath }))).rejects.toMatchObject({
        code: 'no-bentoml',
      });
      await fakes.python('python');
      await finder.find(request({ pythonPath }));
      expect(fakes.runs).toBe(2);

      const shim = await fakes.program('shim', `exec "${pythonPath}" "$@"`);
      await finder.find(request({ pythonPath: shim }));
      await finder.find(request({ pythonPath: shim }));
      expect(fakes.runs).toBe(4);
    });
  });

  describe('in the next window', () => {
    let clock: ManualClock;
    const files = new MemoryFiles();
    let refuted: number;
    const window = () =>
      fakes.finder({ stored: { files, clock, onRefuted: () => (refuted += 1) } });

    beforeEach(async () => {
      refuted = 0;
      clock = new ManualClock();
      files.texts.clear();
      await fakes.python('project/.venv/bin/python', { paths: [fakes.path('packages')] });
      await mkdir(fakes.path('packages'));
      await window().find(request());
    });

    const verified = async (): Promise<void> => {
      await clock.pass(5_000);
      await vi.waitFor(() => expect(fakes.runs).toBe(2));
    };

    it('has its facts at once, and runs the interpreter later to verify them', async () => {
      const finder = window();
      const found = await finder.find(request());
      expect([found.bentomlVersion, fakes.runs]).toEqual(['1.4.38', 1]);
      await finder.find(request());
      await clock.pass(4_999);
      expect(fakes.runs).toBe(1);
      await verified();
      await window().find(request());
      expect([fakes.runs, refuted]).toEqual([2, 0]);
    });

    it.each<[string, () => Promise<unknown>]>([
      ['a package was installed', () => writeFile(fakes.path('packages/torch'), '')],
      [
        'the environment is another one',
        () => writeFile(fakes.path('project/.venv/pyvenv.cfg'), ''),
      ],
      ['the interpreter is another one', () => fakes.python('project/.venv/bin/python')],
      [
        'the file has other contents',
        () => Promise.resolve(files.texts.forEach((_, key) => files.texts.set(key, '[1]'))),
      ],
    ])('runs it at once where %s', async (_, change) => {
      await change();
      await window().find(request());
      expect(fakes.runs).toBe(2);
    });

    it.each([
      [
        'says something else',
        `echo '{"executable": "/p", "version": "3.11.7", "bentoml": "1.4.39", "paths": []}'`,
      ],
      ['cannot be run any more', 'exit 1'],
    ])('reports an interpreter that %s, and forgets what it said', async (_, body) => {
      const finder = window();
      await finder.find(request());
      // The same file with the same time.
      const path = fakes.path('project/.venv/bin/python');
      const { atime, mtime } = await stat(path);
      await writeFile(path, `#!/bin/sh\n${body}\n`);
      await utimes(path, atime, mtime);
      await verified();
      await vi.waitFor(() => expect(refuted).toBe(1));
      expect(files.texts.size).toBe(0);
    });
  });
});
