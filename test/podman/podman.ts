import { glob, mkdir, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '../../scripts/cache.mts';
import { output, runProgram } from '../../scripts/run-program.mts';
import { imageArchive } from '../support/image-root';
import { podman, runtime } from './programs.mts';

/** A Podman of this run, as plain data that the set-up provides to test files. */
export interface Podman {
  /** The environment for `podman`. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute paths of this machine that the Pythons need, to be mounted at the same paths. */
  readonly mounts: readonly string[];
  readonly pythons: Readonly<Record<'bentoml-1.4' | 'bentoml-1.1', string>>;
}

/** Gives a Podman whose files are all in a folder, away from those of the machine. */
export async function createPodman(folder: string, pythons: Podman['pythons']): Promise<Podman> {
  const place = (name: string): string => path.join(folder, name);
  const policy = place('home/.config/containers/policy.json');
  await mkdir(path.dirname(policy), { recursive: true });
  await writeFile(policy, '{ "default": [{ "type": "insecureAcceptAnything" }] }');
  await writeFile(
    place('containers.conf'),
    `[containers]
# The usual limits are higher than what a root without all capabilities may set.
default_ulimits = ["nofile=10000:10000", "nproc=30000:30000"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
runtime = "runc"
tmp_dir = "${place('tmp')}"
[engine.runtimes]
runc = ["${runtime}"]
[network]
network_config_dir = "${place('networks')}"
`,
  );
  await writeFile(
    place('storage.conf'),
    // No layers to speak of, and it works on any file system.
    `[storage]
driver = "vfs"
graphroot = "${place('storage')}"
runroot = "${place('run')}"
`,
  );
  const env = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: place('home'),
    CONTAINERS_CONF: place('containers.conf'),
    CONTAINERS_STORAGE_CONF: place('storage.conf'),
  };
  return { env, mounts: ['/usr', cacheFolder()], pythons };
}

/** Imports an image of the files in `root`, and gives its name with its digest. */
export async function importImage({ env }: Podman, root: string, name: string): Promise<string> {
  const tag = `localhost/${name}:one`;
  await output(podman, ['import', await imageArchive(root), tag], { env });
  const inspect = ['image', 'inspect', '--format', '{{.Digest}}', tag];
  return `localhost/${name}@${await output(podman, inspect, { env })}`;
}

/** Removes all containers and the control group that Podman leaves. */
export async function removePodman({ env }: Podman): Promise<void> {
  await runProgram(podman, ['pod', 'rm', '--all', '--force', '--time', '0'], { env });
  await runProgram(podman, ['rm', '--all', '--force', '--time', '0'], { env });
  for (const group of ['libpod_parent/*', 'libpod_parent']) {
    for await (const folder of glob(`/sys/fs/cgroup/{,*/}${group}`)) {
      // Another Podman of the machine may use it.
      await rmdir(folder).catch(() => undefined);
    }
  }
}
