import { realpath, stat } from 'node:fs/promises';
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
  const prefixes = [interpreter.path, await realpath(interpreter.path)].map((file) =>
    path.dirname(path.dirname(file)),
  );
  const config = bentomlConfig === undefined ? [] : [bentomlConfig];
  const store = ['bentos', 'models'].map((folder) => path.join(home, folder));
  const present = await Promise.all(store.map(isFolder));
  const user = process.getuid?.();
  return {
    kind: 'development',
    image,
    mounts: outermost([system, plan.workingDir, ...prefixes, ...config]),
    store: store.filter((_, index) => present[index]),
    ...(user === undefined ? {} : { user: `${user}:${process.getgid?.() ?? user}` }),
  };
}

const isFolder = async (folder: string): Promise<boolean> =>
  (await stat(folder).catch(() => undefined))?.isDirectory() ?? false;

/** Removes paths inside other ones, and sorts the rest. */
const outermost = (paths: readonly string[]): readonly string[] =>
  [...new Set(paths)]
    .filter((one) => !paths.some((other) => other !== one && one.startsWith(`${other}/`)))
    .sort();
