import * as vscode from 'vscode';
import type { Bento } from '../../core/model';
import { ServeError } from '../../core/problem';

/**
 * The bento that a task or a launch configuration names: by its id, or by its name where that is the only one.
 * `folder`: the workspace folder that it is looked for in first.
 * @throws ServeError `not-found`
 */
export function bentoNamed(
  bentos: readonly Bento[],
  wanted: unknown,
  folder: string | undefined,
): Bento {
  const byId = bentos.filter(({ id }) => id === wanted);
  const all = byId.length > 0 ? byId : bentos.filter(({ name }) => name === wanted);
  const inFolder = all.filter((bento) => bento.folder === folder);
  const [found, ...others] = inFolder.length > 0 ? inFolder : all;
  if (found !== undefined && others.length === 0) return found;
  const shown = typeof wanted === 'string' ? wanted : JSON.stringify(wanted ?? null);
  const there = (found === undefined ? bentos : all).map(({ id }) => id).join(', ');
  throw new ServeError({
    code: 'not-found',
    message:
      found === undefined
        ? vscode.l10n.t('There is no bento {0}: set "bento" to one of {1}.', shown, there)
        : vscode.l10n.t('Several bentos are called {0}: set "bento" to one of {1}.', shown, there),
  });
}
