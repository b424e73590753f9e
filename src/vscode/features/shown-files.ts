import * as vscode from 'vscode';
import type { ExtensionParts } from '../parts/extension-parts';
import type { Feature } from './feature';

/** Warms up a bento when an editor shows its service or one of its build files. */
export const shownFiles: Feature<ExtensionParts> = {
  name: 'warm-up of bentos in editors',
  register: ({ registry, warmUp }, own) => {
    const look = (): void => {
      const shown = new Set(
        vscode.window.visibleTextEditors.map(({ document: { uri } }) => uri.fsPath),
      );
      if (shown.size === 0) return;
      for (const { id } of registry.bentos) {
        const { file, buildFiles = [] } = registry.discovered(id) ?? {};
        const isShown = [file ?? [], buildFiles].flat().some((one) => shown.has(one));
        if (isShown) warmUp.seen(id);
      }
    };
    own.push(
      vscode.window.onDidChangeVisibleTextEditors(look),
      // A bento was found, or its files have become known.
      registry.onDidChange((id) => {
        if (id === undefined) look();
      }),
    );
  },
};
