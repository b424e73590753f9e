import * as vscode from 'vscode';

const scheme = 'serve-bento-engine';
/** The number of texts that are kept, for editors that are opened again. */
const mostDocuments = 20;

/** Read-only editors with texts from an engine. */
export class EngineDocuments implements vscode.Disposable, vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  readonly #registered = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  #count = 0;

  /** @param extension determines the language of the editor: `yaml` */
  async show(title: string, extension: string, text: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.#add(title, extension, text));
    await vscode.window.showTextDocument(document, { preview: false });
  }

  /** Shows the differences between two texts in YAML. */
  async compare(title: string, before: string, after: string): Promise<void> {
    const [left, right] = [before, after].map((text) => this.#add(title, 'yaml', text));
    await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: false });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    // The editor may be from before the window was reloaded.
    return (
      this.#texts.get(uri.toString()) ??
      vscode.l10n.t('This text is no longer available. Run the command again.')
    );
  }

  dispose(): void {
    this.#registered.dispose();
  }

  /** Each text has its own address, so that an open editor keeps its text. */
  #add(title: string, extension: string, text: string): vscode.Uri {
    const name = title.replaceAll(/[/\\]/g, '-');
    const uri = vscode.Uri.from({ scheme, path: `/${++this.#count}/${name}.${extension}` });
    this.#texts.set(uri.toString(), text);
    for (const old of [...this.#texts.keys()].slice(0, -mostDocuments)) this.#texts.delete(old);
    return uri;
  }
}
