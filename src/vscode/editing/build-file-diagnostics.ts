import path from 'node:path';
import * as vscode from 'vscode';
import type { BuildFileProblem } from '../../core/discovery/build-file/build-file-problems';
import type { Event } from '../../core/events';
import { problemSource } from '../problems/problem-list';
import { plainText } from '../plain-text';
import { messageOf } from '../problems/problem-text';

/** The part of `WindowSources` that is needed. */
export interface BuildFileSources {
  readonly onDidDiscover: Event<void>;
  buildFileProblems(): readonly BuildFileProblem[];
}

/** Shows mistakes in saved build files, with corrections as quick fixes, and files that were not read, among the problems. */
export class BuildFileDiagnostics implements vscode.CodeActionProvider, vscode.Disposable {
  readonly #sources: BuildFileSources;
  readonly #collection = vscode.languages.createDiagnosticCollection('serveBento.buildFiles');
  readonly #subscription: vscode.Disposable;

  constructor(sources: BuildFileSources, buildFiles: vscode.DocumentSelector) {
    this.#sources = sources;
    const metadata = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };
    this.#subscription = vscode.Disposable.from(
      this.#collection,
      vscode.languages.registerCodeActionsProvider(buildFiles, this, metadata),
      sources.onDidDiscover(() => this.#show()),
    );
    this.#show();
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const { uri } = document;
    return this.#sources
      .buildFileProblems()
      .filter((problem) => problem.path === uri.fsPath)
      .filter((problem) => range.intersection(rangeOf(problem)) !== undefined)
      .flatMap((problem) => [
        // The value in the editor may be newer than the one on disk.
        ...(document.getText(rangeOf(problem)) === problem.value ? problem.corrections : []).map(
          (text) =>
            quickFix(problem, vscode.l10n.t('Change to {0}', text), (edit) =>
              edit.replace(uri, rangeOf(problem), text),
            ),
        ),
        ...[problem.rename ?? []]
          .flat()
          .map((name) =>
            quickFix(problem, vscode.l10n.t('Rename to {0}', name), (edit) =>
              edit.renameFile(uri, vscode.Uri.file(path.join(path.dirname(uri.fsPath), name))),
            ),
          ),
      ]);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #show(): void {
    this.#collection.clear();
    const byFile = new Map<string, BuildFileProblem[]>();
    for (const problem of this.#sources.buildFileProblems()) {
      byFile.set(problem.path, [...(byFile.get(problem.path) ?? []), problem]);
    }
    for (const [file, problems] of byFile) {
      this.#collection.set(vscode.Uri.file(file), problems.map(diagnostic));
    }
  }
}

function diagnostic(problem: BuildFileProblem): vscode.Diagnostic {
  const { Warning, Information } = vscode.DiagnosticSeverity;
  const severity = problem.severity === 'warning' ? Warning : Information;
  const made = new vscode.Diagnostic(
    rangeOf(problem),
    plainText(messageOf(problem, vscode.l10n)),
    severity,
  );
  made.source = problemSource;
  made.code = problem.code;
  return made;
}

const rangeOf = ({ range: { line, start, end } }: BuildFileProblem): vscode.Range =>
  new vscode.Range(line, start, line, end);

function quickFix(
  problem: BuildFileProblem,
  title: string,
  change: (edit: vscode.WorkspaceEdit) => void,
): vscode.CodeAction {
  const action = new vscode.CodeAction(plainText(title), vscode.CodeActionKind.QuickFix);
  action.diagnostics = [diagnostic(problem)];
  action.edit = new vscode.WorkspaceEdit();
  change(action.edit);
  return action;
}
