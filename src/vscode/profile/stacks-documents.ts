import * as vscode from 'vscode';
import type { StacksText } from '../../core/profile/stacks-text';

const scheme = 'serve-bento-stacks';
/** So many are kept, for editors that are opened again. */
const mostDocuments = 20;

/** Read-only editors with stacks, whose files are links to the lines. */
export class StacksDocuments
  implements vscode.Disposable, vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider
{
  readonly #stacks = new Map<string, StacksText>();
  readonly #registered: vscode.Disposable;

  constructor() {
    this.#registered = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.languages.registerDocumentLinkProvider({ scheme }, this),
    );
  }

  async show(title: string, time: string, stacks: StacksText): Promise<void> {
    const name = `${title} ${time}`.replaceAll(/[/\\]/g, '-');
    const uri = vscode.Uri.from({ scheme, path: `/${name}.txt` });
    this.#stacks.set(uri.toString(), stacks);
    for (const old of [...this.#stacks.keys()].slice(0, -mostDocuments)) this.#stacks.delete(old);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: false });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    // Of an editor from before the window was reloaded.
    return (
      this.#stacks.get(uri.toString())?.text ??
      vscode.l10n.t('These stacks are gone: dump them again.')
    );
  }

  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    const { links = [] } = this.#stacks.get(document.uri.toString()) ?? {};
    return links.map(({ row, begin, end, file, line }) => {
      const target = vscode.Uri.file(file).with({ fragment: `L${line}` });
      return new vscode.DocumentLink(new vscode.Range(row, begin, row, end), target);
    });
  }

  dispose(): void {
    this.#registered.dispose();
  }
}
