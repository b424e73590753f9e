import * as vscode from 'vscode';
import type { StoreBento } from '../../core/discovery/store';
import { commandIds } from '../identifiers';
import { plainWindow } from '../plain-window';

export interface BuiltStore {
  readonly store: { readonly bentos: readonly StoreBento[] };
  readonly readStore: () => Promise<void>;
}

/**
 * Notes what is in the store; the function it returns finds the newest bento that was added since. Of several, it prefers
 * those that the output of the build names: other builds may have ended meanwhile.
 */
export function newlyBuilt(
  sources: BuiltStore,
): (output?: string) => Promise<StoreBento | undefined> {
  const before = new Set(sources.store.bentos.map(({ id }) => id));
  return async (output = '') => {
    await sources.readStore();
    const added = sources.store.bentos.filter(({ id }) => !before.has(id));
    // BentoML may break lines anywhere: Successfully built Bento(tag="search:abc").
    const text = output.replaceAll(/\s/g, '');
    const named = added.filter(({ reference }) => text.includes(`"${reference}"`));
    return (named.length > 0 ? named : added).sort((a, b) => b.created - a.created)[0];
  };
}

/** Notes what is in the store; the function it returns offers what is new there to be served or containerized. */
export function offerBuilt(displayName: string, sources: BuiltStore): () => Promise<void> {
  const find = newlyBuilt(sources);
  return async () => {
    const built = await find();
    // It was built into a store that is not shown.
    if (built === undefined) return;
    const serve = vscode.l10n.t('Serve');
    const containerize = vscode.l10n.t('Containerize');
    const answer = await plainWindow.showInformationMessage(
      vscode.l10n.t('{0}: built {1}.', displayName, built.reference),
      serve,
      containerize,
    );
    if (answer === serve) await vscode.commands.executeCommand(commandIds.serve, built.id);
    if (answer === containerize) {
      await vscode.commands.executeCommand(commandIds.containerize, built.id);
    }
  };
}
