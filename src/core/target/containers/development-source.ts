import { readlink, realpath, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Interpreter } from '../../interpreter/interpreter';
import type { Plan } from '../../plan/plan';
import type { ServeSettings } from '../../settings/serve-settings';
import type { DevelopmentSource } from './container-plan';

/** The folder of the system libraries and programs that an interpreter of this machine needs. */
const system = '/usr';

export interface DevelopmentRequest {
  readonly image: string;
  readonly plan: Pick<Plan, 'workingDir'>;
  readonly interpreter: Pick<Interpreter, 'path'>;
  readonly settings: Pick<ServeSettings, 'bentomlHome' | 'bentomlConfig'>;
  readonly processEnv: Readonly<NodeJS.ProcessEnv>;
}

/** Finds the files that a container needs from this machine: source, interpreter with packages, and store. */
export async function developmentSource({
  image,
  plan,
  interpreter,
  settings,
  processEnv,
}: DevelopmentRequest): Promise<DevelopmentSource> {
  const { bentomlHome, bentomlConfig } = settings;
  const home = bentomlHome ?? processEnv['BENTOML_HOME'] ?? path.join(os.homedir(), 'bentoml');
  // A virtual environment has its packages next to its link to the interpreter, whose target has the standard library.
  // Between them can be a link such as `cpython-3.12`, by which the environment finds its interpreter.
  const prefixes = (await links(interpreter.path)).map((file) => path.dirname(path.dirname(file)));
  const config = bentomlConfig === undefined ? [] : [bentomlConfig];
  const store = ['bentos', 'models'].map((folder) => path.join(home, folder));
  const present = await Promise.all(store.map(isFolder));
  const user = process.getuid?.();
  return {
    kind: 'development',
    image,
    // `/bin/python3` has the prefix `/`. An image has `/bin` itself, as a link into `/usr`.
    mounts: outermost([system, plan.workingDir, ...prefixes, ...config].filter(isMountable)),
    store: store.filter((_, index) => present[index]),
    ...(user === undefined ? {} : { user: `${user}:${process.getgid?.() ?? user}` }),
  };
}

const isFolder = async (folder: string): Promise<boolean> =>
  (await stat(folder).catch(() => undefined))?.isDirectory() ?? false;

const isMountable = (folder: string): boolean => folder !== path.parse(folder).root;

/** The most links that the kernel follows. */
const mostLinks = 40;

/** Returns a file, what each link on the way leads to, and its real path. */
async function links(file: string): Promise<readonly string[]> {
  const all = [file];
  for (let at = file; all.length <= mostLinks;) {
    const target = await readlink(at).catch(() => undefined);
    if (target === undefined) break;
    at = path.resolve(path.dirname(at), target);
    all.push(at);
  }
  return [...all, await realpath(file)];
}

/** Removes paths inside other ones, and sorts the rest. */
const outermost = (paths: readonly string[]): readonly string[] =>
  [...new Set(paths)]
    .filter((one) => !paths.some((other) => other !== one && one.startsWith(`${other}/`)))
    .sort();
