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
