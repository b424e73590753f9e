import path from 'node:path';
import { explain } from '../../diagnosis/explain';
import type { CauseContext } from '../../diagnosis/explanation';
import { say, type Argument } from '../../messages/message';
import { bentoInImage } from './container-plan';

/** The folder of the user's code in an image. */
const code = `${bentoInImage}/src`;

/** In a container, only the paths of the code are known. */
const inContainer: CauseContext = {
  ...{ python: 'python', reference: bentoInImage, workingDir: code, env: {} },
  files: {
    find: (file) => {
      const whole = path.posix.resolve(code, file);
      const shown = path.posix.relative(code, whole);
      return shown.startsWith('..') || shown === '' || /site-packages|dist-packages/.test(shown)
        ? undefined
        : { path: whole, shown };
    },
    module: () => undefined,
  },
  workspaceModule: () => undefined,
};

/** Adds the exception in the last output of a container to the way in which it ended. */
export function crashReason(exit: Argument, output: string): Argument {
  const cause = explain(output, inContainer);
  return cause === undefined ? exit : say('exitReason', { exit, reason: cause.text });
}
