import path from 'node:path';
import type { CauseContext } from '../../../src/core/diagnosis/explanation';
import type { UserFiles } from '../../../src/core/diagnosis/user-files';

export const folder = '/home/me/fraud';

/** The folder of the recorded outputs, with the given files beside `service.py`. */
export function fraudFiles(...modules: readonly string[]): UserFiles {
  const find: UserFiles['find'] = (file) =>
    file.startsWith(`${folder}/`) ? { path: file, shown: path.relative(folder, file) } : undefined;
  return {
    find,
    module: (name) => (modules.includes(name) ? find(`${folder}/${name}.py`) : undefined),
  };
}

/** Of a bento in that folder; nothing else is in its workspace. */
export const fraudContext = (own: Partial<CauseContext> = {}): CauseContext => ({
  python: '/venv/bin/python',
  reference: 'service:svc',
  workingDir: folder,
  env: {},
  files: fraudFiles(),
  workspaceModule: () => undefined,
  ...own,
});
