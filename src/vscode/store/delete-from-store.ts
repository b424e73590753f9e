import path from 'node:path';
import * as vscode from 'vscode';
import type { BentoManager } from '../../core/bento-manager';
import { nodeFileTree } from '../../core/discovery/files/file-tree';
import { storeBentos } from '../../core/discovery/store';
import type { Log } from '../../core/log';
import { ServeError } from '../../core/problem';
import { deleteVersion } from '../../core/store/delete-version';
import { locateVersion } from '../../core/store/locate-version';
import { plainWindow } from '../plain-window';
import { isServed } from '../lifecycle/readiness';
import type { WindowSources } from '../sources/window-sources';
import type { StoreVersionTag } from './store-node';

/** Asks, and deletes a bento or a model from the store. @throws ServeError `store`, `not-found` */
export async function deleteFromStore(
  { kind, tag }: StoreVersionTag,
  { sources, manager, log }: { sources: WindowSources; manager: BentoManager; log: Log },
): Promise<void> {
  const { home } = sources.store;
  if (kind === 'models') await assertUnused(tag, home, log);
  // An entry of the settings may serve it a second time.
  const served = manager.bentos.filter(
    (bento) => isServed(bento) && manager.discovered(bento.id)?.reference === tag,
  );
  const version = await locateVersion(kind, tag, home);
  if (!(await mayDelete(tag, version.directory.path, served.length > 0))) return;
  await Promise.all(served.map(({ id }) => manager.stop(id)));
  try {
    await deleteVersion(version, { files: nodeFileTree, log });
    log.info(`${tag} was deleted from ${path.join(home, kind)}.`);
  } finally {
    await sources.readStore();
  }
}

/** As BentoML 1.4 does: a bento without its model could not be served. */
async function assertUnused(model: string, home: string, log: Log): Promise<void> {
  const bentos = await storeBentos({ home, files: nodeFileTree, log, limit: Infinity });
  const users = bentos.filter(({ models }) => models.includes(model)).map(({ name }) => name);
  if (users.length === 0) return;
  throw new ServeError({
    code: 'store',
    message: vscode.l10n.t(
      '{0} was not deleted, because these bentos need it: {1}. Delete them first.',
      model,
      users.join(', '),
    ),
  });
}

async function mayDelete(tag: string, directory: string, served: boolean): Promise<boolean> {
  const yes = vscode.l10n.t('Delete');
  const answer = await plainWindow.showWarningMessage(
    vscode.l10n.t('Delete {0} from the BentoML store?', tag),
    {
      modal: true,
      detail: [
        vscode.l10n.t(
          '{0} and everything in it will be deleted. This cannot be undone.',
          directory,
        ),
        served ? vscode.l10n.t('It is being served and will be stopped first.') : '',
      ]
        .filter((line) => line !== '')
        .join('\n\n'),
    },
    yes,
  );
  return answer === yes;
}
