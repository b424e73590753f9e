import path from 'node:path';
import type { CauseContext } from '../../diagnosis/explanation';
import { userFiles } from '../../diagnosis/user-files';
import { workspaceModules } from '../../diagnosis/packages/workspace-modules';
import { bentomlHome } from '../../discovery/store';
import { launcherFor, type Launcher } from '../../plan/launcher';
import type { ServeContext, ServeRequest } from '../serve-request';

/** A request with what follows from it. */
export interface ServeParts {
  readonly context: ServeContext;
  readonly request: ServeRequest;
  readonly launcher: Launcher;
  readonly causes: CauseContext;
}

export function serveParts(context: ServeContext, request: ServeRequest): ServeParts {
  const { bento, settings, interpreter, env } = request;
  const home = bentomlHome(env);
  const store = path.join(home, 'bentos');
  const causes = {
    python: interpreter.path,
    reference: bento.reference,
    home,
    workingDir: bento.workingDir,
    env,
    files: userFiles([bento.workingDir, bento.folder, store]),
    workspaceModule: workspaceModules(bento.workingDir, bento.folder, context.clock),
  };
  return { context, request, launcher: launcherFor(settings.launcher, context.platform), causes };
}
