import os from 'node:os';
import path from 'node:path';

/**
 * Moves the folders of pyenv to the end of the PATH. A system Python imports BentoML in four fifths of the time:
 * distributions build it with profile-guided optimization. By default, pyenv does not.
 */
export function pyenvLast(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH, HOME = os.homedir(), PYENV_ROOT: root = path.join(HOME, '.pyenv') } = env;
  if (PATH === undefined) return env;
  const folders = PATH.split(path.delimiter);
  const isOfPyenv = (folder: string) => folder.startsWith(root + path.sep);
  const sorted = [...folders.filter((one) => !isOfPyenv(one)), ...folders.filter(isOfPyenv)];
  return { ...env, PATH: sorted.join(path.delimiter) };
}
