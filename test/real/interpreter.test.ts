import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { installCommand } from '../../src/core/interpreter/install-command';
import { InterpreterFinder } from '../../src/core/interpreter/interpreter-finder';
import { bareEnvironment } from '../support/bare-environment';
import { realFinder } from '../support/real-finder';
import { say } from '../../src/core/messages/message';

const exec = promisify(execFile);

describe('the interpreter of a real environment', () => {
  let environments: Awaited<ReturnType<typeof ensureEnvironments>>;
  let folder: string;

  beforeAll(async () => {
    environments = await ensureEnvironments();
    folder = await mkdtemp(join(tmpdir(), 'serve-bento-real-'));
  }, 600_000);
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  const find = (
    pythonPath: string,
    env: Record<string, string> = {},
  ): ReturnType<InterpreterFinder['find']> =>
    realFinder().find({ folder, workingDir: folder, settings: { pythonPath, env } });

  it.each([
    ['bentoml-1.4', '1.4.38'],
    ['bentoml-1.3', '1.3.22'],
    ['bentoml-1.1', '1.1.11'],
    ['bentoml-1.0', '1.0.25'],
  ] as const)('of %s has BentoML %s', async (name, bentomlVersion) => {
    const path = environments[name];
    expect(await find(path)).toEqual({
      path,
      version: expect.stringMatching(/^3\.1[12]\.\d+$/) as string,
      bentomlVersion,
      packages: expect.stringMatching(/^[0-9a-f]+$/) as string,
      origin: say('originSetting'),
    });
  });

  it('is found by the folder of its environment', async () => {
    const path = environments['bentoml-1.4'];
    expect(await find(dirname(dirname(path)))).toMatchObject({ path });
  });

  it('is not fooled by files of the workspace', async () => {
    const marker = join(folder, 'ran');
    const trap = `open(${JSON.stringify(marker)}, "w")\n`;
    const names = ['json', 'bentoml', 'site', 'sitecustomize', 'usercustomize'];
    for (const name of names) await writeFile(join(folder, `${name}.py`), trap);
    const found = await find(environments['bentoml-1.4'], {
      PYTHONPATH: folder,
      PYTHONSTARTUP: marker,
    });
    expect(found.bentomlVersion).toBe('1.4.38');
    await expect(exec('ls', [marker])).rejects.toThrow();
    for (const name of names) await rm(join(folder, `${name}.py`));
  });

  it('gets packages without running files of the workspace', async () => {
    const python = environments['bentoml-1.1'];
    const settings = { env: { PYTHONPATH: folder } };
    const tools = (path: string) => realFinder().tools(path, { workingDir: folder, settings });
    const bare = bareEnvironment(join(folder, 'bare'), python);
    expect(await tools(bare)).toMatchObject({ isolation: '-I', installers: ['ensurepip'] });

    await writeFile(join(folder, 'pip.py'), 'print("the wrong pip")\n');
    const command = installCommand(python, [], await tools(python), undefined);
    const args = (command?.args ?? []).filter((one) => one !== '--');
    expect(args).toEqual(['-I', '-m', 'pip', 'install']);
    // Its help needs no network.
    const { stdout } = await exec(python, [...args, '--help'], {
      cwd: folder,
      env: { ...process.env, PYTHONPATH: folder },
    });
    await rm(join(folder, 'pip.py'));
    expect(stdout).toContain('Usage:');
    expect(stdout).not.toContain('the wrong pip');
  });

  describe('sees the BentoML that a real run would import', () => {
    let base: string;
    const install = async (packages: string, version: string): Promise<void> => {
      const info = join(packages, `bentoml-${version}.dist-info`);
      await mkdir(info, { recursive: true });
      const metadata = `Metadata-Version: 2.1\nName: bentoml\nVersion: ${version}\n`;
      await writeFile(join(info, 'METADATA'), metadata);
    };
    const real = async (python: string, env: Record<string, string>): Promise<string> => {
      const code = 'import importlib.metadata as m; print(m.version("bentoml"))';
      const { stdout } = await exec(python, ['-c', code], {
        cwd: folder,
        env: { ...process.env, ...env },
      });
      return stdout.trim();
    };

    beforeAll(async () => {
      const code = 'import sys; print(sys._base_executable)';
      const { stdout } = await exec(environments['bentoml-1.4'], ['-c', code]);
      base = stdout.trim();
    });

    const userSite = async (python: string, userBase: string): Promise<string> => {
      const code = 'import site; print(site.getusersitepackages())';
      const env = { ...process.env, PYTHONUSERBASE: userBase };
      return (await exec(python, ['-c', code], { env })).stdout.trim();
    };

    it('in the user site of a base interpreter', async () => {
      const env = { PYTHONUSERBASE: join(folder, 'user') };
      await install(await userSite(base, env.PYTHONUSERBASE), '1.2.3');
      expect((await find(base, env)).bentomlVersion).toBe('1.2.3');
      expect(await real(base, env)).toBe('1.2.3');
    });

    it('not in the user site of a virtual environment', async () => {
      const python = environments['bentoml-1.4'];
      const env = { PYTHONUSERBASE: join(folder, 'user') };
      await install(await userSite(python, env.PYTHONUSERBASE), '1.2.3');
      expect((await find(python, env)).bentomlVersion).toBe('1.4.38');
      expect(await real(python, env)).toBe('1.4.38');
    });

    it('not in a user site that is switched off', async () => {
      const userBase = join(folder, 'off');
      await install(await userSite(base, userBase), '1.2.4');
      const env = {
        PYTHONUSERBASE: userBase,
        PYTHONNOUSERSITE: '1',
        PYTHONPATH: join(folder, 'path'),
      };
      await install(env.PYTHONPATH, '1.2.5');
      expect((await find(base, env)).bentomlVersion).toBe('1.2.5');
      expect(await real(base, env)).toBe('1.2.5');
    });

    it('first on PYTHONPATH, relative to where it starts', async () => {
      await install(join(folder, 'lib'), '1.3.9');
      const env = { PYTHONPATH: 'lib' };
      expect((await find(environments['bentoml-1.4'], env)).bentomlVersion).toBe('1.3.9');
      expect(await real(environments['bentoml-1.4'], env)).toBe('1.3.9');
    });
  });
});
