import * as vscode from 'vscode';
import type { BentoReader } from '../../core/bento-manager';
import type { Bento } from '../../core/model';
import { userFiles } from '../../core/diagnosis/user-files';
import { ProblemEntries, type ProblemEntry } from './problem-entries';

/** Longer than any line: VS Code shows what there is of it. */
const lineEnd = 10_000;

/** Who says so. */
export const problemSource = 'Serve Bento';

/** Shows failures among the problems of the files they come from. */
export class ProblemList implements vscode.Disposable {
  readonly #entries: ProblemEntries;
  readonly #subscriptions: readonly { dispose(): void }[];
  #collection: vscode.DiagnosticCollection | undefined;

  constructor(manager: BentoReader) {
    this.#entries = new ProblemEntries((file, id) => {
      const bento = manager.discovered(id);
      return (
        bento !== undefined && userFiles([bento.workingDir, bento.folder]).find(file) !== undefined
      );
    });
    this.#reconcile(manager.bentos);
    this.#subscriptions = [
      manager.onDidChange((id) => {
        const changed = id === undefined ? undefined : manager.bento(id);
        if (changed === undefined) this.#reconcile(manager.bentos);
        else if (this.#entries.update(changed)) this.#show();
      }),
      // Where the code of a line begins is known of files that are open.
      vscode.workspace.onDidOpenTextDocument(({ uri }) => {
        if (this.#entries.all.some(({ file }) => file === uri.fsPath)) this.#show();
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#collection?.dispose();
  }

  #reconcile(bentos: readonly Bento[]): void {
    const gone = this.#entries.keep(new Set(bentos.map(({ id }) => id)));
    const changed = bentos.filter((bento) => this.#entries.update(bento));
    if (gone || changed.length > 0) this.#show();
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

function diagnostic({ file, line, message, code }: ProblemEntry): vscode.Diagnostic {
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === file);
  const start =
    document === undefined || line > document.lineCount
      ? 0
      : document.lineAt(line - 1).firstNonWhitespaceCharacterIndex;
  const range = new vscode.Range(line - 1, start, line - 1, lineEnd);
  const made = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Error);
  made.source = problemSource;
  made.code = code;
  return made;
}
