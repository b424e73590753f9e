import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { developmentSource } from '../../../../src/core/target/containers/development-source';
import { temporaryFolder } from '../../discovery/temporary-folder';

it.runIf(process.platform !== 'win32')(
  'mounts the source, the environment, its interpreter and the store, each once',
  async () => {
    const folder = await temporaryFolder({
      'pythons/3.11/bin/python3.11': '',
      'work/venv/pyvenv.cfg': '',
      'home/models/x': '',
    });
    await mkdir(join(folder, 'work/venv/bin'));
    const python = join(folder, 'work/venv/bin/python');
    await symlink(join(folder, 'pythons/3.11/bin/python3.11'), python);
    const source = await developmentSource({
      image: 'base',
      plan: { workingDir: join(folder, 'work') },
      interpreter: { path: python },
      settings: { bentomlConfig: '/etc/bentoml.yaml' },
      processEnv: { BENTOML_HOME: join(folder, 'home') },
    });
    expect(source).toMatchObject({
      kind: 'development',
      mounts: [
        '/etc/bentoml.yaml',
        join(folder, 'pythons/3.11'),
        '/usr',
        join(folder, 'work'),
      ].sort(),
      // There is no folder of bentos, and Compose mounts only what is there.
      store: [join(folder, 'home/models')],
    });
  },
);

it.runIf(process.platform !== 'win32')(
  'mounts the folder of each link on the way to the interpreter',
  async () => {
    const folder = await temporaryFolder({ 'pythons/3.12.5/bin/python3.12': '', 'work/x': '' });
    await mkdir(join(folder, 'work/venv/bin'), { recursive: true });
    await symlink('3.12.5', join(folder, 'pythons/3.12'));
    await symlink('python3.12', join(folder, 'pythons/3.12.5/bin/python3'));
    const python = join(folder, 'work/venv/bin/python');
    await symlink(join(folder, 'pythons/3.12/bin/python3'), python);
    const source = await developmentSource({
      image: 'base',
      plan: { workingDir: join(folder, 'work') },
      interpreter: { path: python },
      settings: {},
      processEnv: { BENTOML_HOME: folder },
    });
    expect(source.mounts).toEqual(
      [
        '/usr',
        join(folder, 'pythons/3.12'),
        join(folder, 'pythons/3.12.5'),
        join(folder, 'work'),
      ].sort(),
    );
  },
);

it.runIf(process.platform === 'linux')('mounts no root folder', async () => {
  const source = await developmentSource({
    image: 'base',
    plan: { workingDir: '/work' },
    interpreter: { path: '/bin/sh' },
    settings: {},
    processEnv: { BENTOML_HOME: '/none' },
  });
  expect(source.mounts).not.toContain('/');
  expect(source.mounts).toContain('/usr');
});
