import * as vscode from 'vscode';
import type { BentoManager } from '../../core/bento-manager';
import { userFiles } from '../../core/causes/user-files';
import { ProblemEntries, type ProblemEntry } from './problem-entries';

/** Longer than any line: VS Code shows what there is of it. */
const lineEnd = 10_000;

/** Shows failures among the problems of the files they come from. */
export class ProblemList implements vscode.Disposable {
  readonly #entries: ProblemEntries;
  readonly #subscription: { dispose(): void };
  #collection: vscode.DiagnosticCollection | undefined;

  constructor(manager: BentoManager) {
    this.#entries = new ProblemEntries((file, id) => {
      const bento = manager.discovered(id);
      return (
        bento !== undefined && userFiles([bento.workingDir, bento.folder]).find(file) !== undefined
      );
    });
    const update = (): void => {
      if (this.#entries.update(manager.bentos)) this.#show();
    };
    update();
    this.#subscription = manager.onDidChange(update);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#collection?.dispose();
  }

  #show(): void {
    this.#collection ??= vscode.languages.createDiagnosticCollection('serveBento');
    this.#collection.clear();
    const byFile = new Map<string, vscode.Diagnostic[]>();
    for (const entry of this.#entries.all) {
      byFile.set(entry.file, [...(byFile.get(entry.file) ?? []), diagnostic(entry)]);
    }
    for (const [file, found] of byFile) this.#collection.set(vscode.Uri.file(file), found);
  }
}

function diagnostic({ line, message, code }: ProblemEntry): vscode.Diagnostic {
  const range = new vscode.Range(line - 1, 0, line - 1, lineEnd);
  const made = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Error);
  made.source = 'Serve Bento';
  made.code = code;
  return made;
}
