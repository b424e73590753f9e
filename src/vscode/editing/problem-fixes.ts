import * as vscode from 'vscode';
import type { BentoReader } from '../../core/bento-manager';
import type { Problem } from '../../core/model';
import { problemSource } from '../problems/problem-list';
import type { Action } from '../problems/problem-actions';
import type { ProblemMessages } from '../problems/problem-messages';

/** Not in the palette: it is of use only with its arguments. */
const fixCommand = '_serveBento.fix';

/** What can be done about a problem, where it stands in its file. */
export class ProblemFixes implements vscode.CodeActionProvider, vscode.Disposable {
  readonly #manager: BentoReader;
  readonly #messages: ProblemMessages;
  readonly #subscription: vscode.Disposable;

  constructor(manager: BentoReader, messages: ProblemMessages) {
    this.#manager = manager;
    this.#messages = messages;
    const selector = { scheme: 'file' };
    const metadata = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };
    this.#subscription = vscode.Disposable.from(
      vscode.languages.registerCodeActionsProvider(selector, this, metadata),
      vscode.commands.registerCommand(fixCommand, (message: string, title: string) =>
        this.#fixes(message)
          .find((fix) => fix.title === title)
          ?.run(),
      ),
    );
  }

  provideCodeActions(
    _document: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    return diagnostics
      .filter(({ source }) => source === problemSource)
      .flatMap((diagnostic) =>
        this.#fixes(diagnostic.message).map(({ title }) => {
          const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
          action.diagnostics = [diagnostic];
          action.command = { title, command: fixCommand, arguments: [diagnostic.message, title] };
          return action;
        }),
      );
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #fixes(message: string): readonly Action[] {
    for (const { id, problem, components } of this.#manager.bentos) {
      const all = [problem, ...components.map((component) => component.problem)];
      const found = all.find((one): one is Problem => one?.message === message);
      if (found !== undefined) return this.#messages.fixes(found, id);
    }
    return [];
  }
}
