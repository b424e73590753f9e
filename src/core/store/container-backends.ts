import { findCommand, type CommandSearch } from '../interpreter/find-command';
import { environmentValue } from '../settings/environment-value';

/** The programs that each backend of `bentoml containerize` runs. */
const programs: Readonly<Record<string, readonly string[]>> = {
  docker: ['docker'],
  podman: ['podman'],
  nerdctl: ['nerdctl', 'buildctl'],
  buildah: ['buildah'],
  buildx: ['docker'],
  buildctl: ['buildctl'],
};

/** These put the image where their `run` finds it. */
const alternatives = ['docker', 'podman', 'nerdctl'] as const;

export interface ContainerBackend {
  /** BentoML's default, or the one of its variable. */
  readonly name: string;
  /** The programs of it that are not on the PATH. */
  readonly missing: readonly string[];
  /** Other backends whose programs are all on the PATH. */
  readonly others: readonly string[];
}

/** What `bentoml containerize` would run with this environment. */
export async function containerBackend(search: CommandSearch): Promise<ContainerBackend> {
  const { env, platform } = search;
  const name = environmentValue(env, 'BENTOML_CONTAINERIZE_BACKEND', platform) ?? 'docker';
  const missing = await missingPrograms(name, search);
  const others: string[] = [];
  for (const other of missing.length === 0 ? [] : alternatives) {
    if (other !== name && (await missingPrograms(other, search)).length === 0) others.push(other);
  }
  return { name, missing, others };
}

/** Of one that BentoML alone knows: none. */
async function missingPrograms(backend: string, search: CommandSearch): Promise<string[]> {
  const needed = Object.hasOwn(programs, backend) ? (programs[backend] ?? []) : [];
  const missing: string[] = [];
  for (const name of needed) {
    if ((await findCommand(name, search)) === undefined) missing.push(name);
  }
  return missing;
}
