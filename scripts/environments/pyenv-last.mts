import os from 'node:os';
import path from 'node:path';

/**
 * A Python of the system imports BentoML in four fifths of the time: its packagers build it with profile-guided
 * optimization, and pyenv does not unless it is told to.
 */
export function pyenvLast(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH, HOME = os.homedir(), PYENV_ROOT: root = path.join(HOME, '.pyenv') } = env;
  if (PATH === undefined) return env;
  const folders = PATH.split(path.delimiter);
  const isOfPyenv = (folder: string) => folder.startsWith(root + path.sep);
  const sorted = [...folders.filter((one) => !isOfPyenv(one)), ...folders.filter(isOfPyenv)];
  return { ...env, PATH: sorted.join(path.delimiter) };
}
