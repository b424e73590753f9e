import type * as vscode from 'vscode';
import { filled } from '../english';

/**
 * What logic sees of VS Code in unit tests: the values that our code uses, and a window whose user is the test. Windows
 * that paint are the business of the window tests.
 */

export class EventEmitter<T> {
  readonly #listeners = new Set<(value: T) => unknown>();

  readonly event = (listener: (value: T) => unknown): Disposable => {
    this.#listeners.add(listener);
    return new Disposable(() => this.#listeners.delete(listener));
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

export class Disposable {
  readonly #end: () => unknown;

  static from(...all: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => all.forEach((one) => one.dispose()));
  }

  constructor(end: () => unknown) {
    this.#end = end;
  }

  dispose(): void {
    this.#end();
  }
}

export class Uri {
  readonly scheme: string;
  readonly fsPath: string;
  readonly #text: string;

  static file(path: string): Uri {
    return new Uri('file', path, `file://${path}`);
  }

  static parse(text: string): Uri {
    const url = new URL(text);
    return new Uri(url.protocol.slice(0, -1), url.pathname, text);
  }

  private constructor(scheme: string, fsPath: string, text: string) {
    this.scheme = scheme;
    this.fsPath = fsPath;
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export class ThemeIcon {
  readonly id: string;
  readonly color: unknown;

  constructor(id: string, color?: unknown) {
    this.id = id;
    this.color = color;
  }
}

export class ThemeColor {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

export class TreeItem {
  readonly label: string;

  constructor(label: string) {
    this.label = label;
  }
}

export class MarkdownString {
  readonly value: string;

  constructor(value = '') {
    this.value = value;
  }
}

export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 } as const;
export const ProgressLocation = { SourceControl: 1, Window: 10, Notification: 15 } as const;

export const l10n = {
  /** `user.isPseudo`: in brackets, so that a test sees which texts came by. */
  t: (text: string, ...values: unknown[]): string => {
    const own = filled(text, values);
    return user.isPseudo ? `⟦${own}⟧` : own;
  },
};

/** The user of the window: what was shown, and how questions are answered. */
export class FakeUser {
  /** Messages, questions and commands, in order. */
  readonly seen: string[] = [];
  /** The button or the item to choose, by what is asked; nothing: it is closed. */
  readonly answers = new Map<string, string>();
  readonly commands = new Map<string, (...args: unknown[]) => unknown>();
  /** Everything that is registered at the moment: commands, views, providers, listeners. */
  readonly registered = new Set<string>();
  /** Lines of output channels. */
  readonly log: string[] = [];
  /** The registration that throws. */
  broken: string | undefined;
  clipboard = '';
  isPseudo = false;
  /** Tells the watcher of a directory that a path came, changed and went. */
  readonly watchers = new Map<string, (path: string) => void>();

  #count = 0;
  readonly editorListeners = new Set<() => void>();

  reset(): void {
    this.seen.length = 0;
    this.answers.clear();
    this.commands.clear();
    this.registered.clear();
    this.log.length = 0;
    this.broken = undefined;
    this.clipboard = '';
    this.isPseudo = false;
    this.watchers.clear();
    this.editorListeners.clear();
    window.visibleTextEditors = [];
    workspace.isTrusted = true;
  }

  /** Shows these files in editors, and no others. */
  show(...files: readonly string[]): void {
    window.visibleTextEditors = files.map((file) => ({ document: { uri: Uri.file(file) } }));
    for (const listener of this.editorListeners) listener();
  }

  /** Registers something under its name and a number. */
  register(name: string): Disposable {
    if (name === this.broken) throw new Error(`no ${name}`);
    const key = `${name} ${String(++this.#count)}`;
    this.registered.add(key);
    return new Disposable(() => this.registered.delete(key));
  }

  /** Runs a command that was registered. */
  async run(command: string, argument?: unknown): Promise<void> {
    const handler = this.commands.get(command);
    if (handler === undefined) throw new Error(`no command ${command}`);
    await handler(argument);
  }
}

export const user = new FakeUser();

const message =
  (kind: string) =>
  (
    text: string,
    _options: vscode.MessageOptions,
    ...items: vscode.MessageItem[]
  ): Promise<vscode.MessageItem | undefined> => {
    user.seen.push(`${kind}: ${text}`);
    return Promise.resolve(items.find(({ title }) => title === user.answers.get(text)));
  };

const event = (name: string) => (): Disposable => user.register(name);

export const window = {
  activeTextEditor: undefined,
  visibleTextEditors: [] as readonly { readonly document: { readonly uri: Uri } }[],
  onDidChangeVisibleTextEditors: (listener: () => void): Disposable => {
    const registered = user.register('onDidChangeVisibleTextEditors');
    user.editorListeners.add(listener);
    return new Disposable(() => {
      user.editorListeners.delete(listener);
      registered.dispose();
    });
  },
  onDidCloseTerminal: event('onDidCloseTerminal'),
  createOutputChannel: (name: string) => {
    const line = (text: string): void => void user.log.push(text);
    const channel = user.register(`channel ${name}`);
    return {
      ...{ debug: line, info: line, warn: line, error: line, show: none },
      dispose: () => channel.dispose(),
    };
  },
  createTerminal: ({ name = '', shellPath = '', shellArgs = [] }: vscode.TerminalOptions) => ({
    show: () => void user.seen.push(`terminal ${name}: ${[shellPath, shellArgs].flat().join(' ')}`),
  }),
  createTreeView: (id: string) => {
    const view = user.register(`view ${id}`);
    return {
      ...{
        visible: false,
        badge: undefined,
        onDidChangeVisibility: event('onDidChangeVisibility'),
      },
      dispose: () => view.dispose(),
    };
  },
  createStatusBarItem: (id: string) => {
    const item = user.register(`status bar item ${id}`);
    return { show: none, hide: none, dispose: () => item.dispose() };
  },
  showInformationMessage: message('info'),
  showWarningMessage: message('warning'),
  showErrorMessage: message('error'),
  setStatusBarMessage: (text: string): Disposable => {
    user.seen.push(`status: ${text}`);
    return new Disposable(() => undefined);
  },
  showQuickPick: (
    items: readonly vscode.QuickPickItem[],
    { title, placeHolder = title ?? '' }: vscode.QuickPickOptions,
  ): Promise<vscode.QuickPickItem | undefined> => {
    user.seen.push(`pick: ${placeHolder} ${items.map(({ label }) => label).join(' | ')}`);
    return Promise.resolve(items.find(({ label }) => label === user.answers.get(placeHolder)));
  },
  /** An answer that is not valid is not accepted, and the box is closed. */
  showInputBox: async (options: vscode.InputBoxOptions): Promise<string | undefined> => {
    const { prompt = '' } = options;
    user.seen.push(`input: ${prompt}`);
    const answer = user.answers.get(prompt);
    const invalid = answer === undefined ? undefined : await options.validateInput?.(answer);
    if (typeof invalid !== 'string') return answer;
    user.seen.push(`invalid: ${invalid}`);
    return undefined;
  },
  showOpenDialog: ({ openLabel = '' }: vscode.OpenDialogOptions): Promise<Uri[] | undefined> => {
    user.seen.push(`open: ${openLabel}`);
    const chosen = user.answers.get(openLabel);
    return Promise.resolve(chosen === undefined ? undefined : [Uri.file(chosen)]);
  },
  withProgress: <T>(
    { title = '' }: vscode.ProgressOptions,
    task: (progress: unknown, token: unknown) => Promise<T>,
  ): Promise<T> => {
    user.seen.push(`progress: ${title}`);
    const token = { isCancellationRequested: false, onCancellationRequested: none };
    return task({ report: () => undefined }, token);
  },
};

export const commands = {
  registerCommand: (id: string, handler: (...args: unknown[]) => unknown): Disposable => {
    const registration = user.register(`command ${id}`);
    user.commands.set(id, handler);
    return new Disposable(() => {
      user.commands.delete(id);
      registration.dispose();
    });
  },
  executeCommand: (id: string, ...args: unknown[]): Promise<unknown> => {
    user.seen.push(`command: ${[id, ...args].map(String).join(' ')}`);
    return Promise.resolve(undefined);
  },
};

export const StatusBarAlignment = { Left: 1, Right: 2 } as const;

export const CodeActionKind = { QuickFix: 'quickfix' } as const;

export class RelativePattern {
  readonly base: unknown;
  readonly pattern: string;

  constructor(base: unknown, pattern: string) {
    this.base = base;
    this.pattern = pattern;
  }
}

export const ConfigurationTarget = { Global: 1, Workspace: 2, WorkspaceFolder: 3 } as const;

/** A window without a folder and without settings. */
export const workspace = {
  isTrusted: true,
  workspaceFolders: undefined,
  textDocuments: [],
  getWorkspaceFolder: (): undefined => undefined,
  getConfiguration: () => ({
    get: (_: string, fallback?: unknown): unknown => fallback,
    inspect: (): unknown => undefined,
  }),
  onDidChangeConfiguration: event('onDidChangeConfiguration'),
  onDidChangeWorkspaceFolders: event('onDidChangeWorkspaceFolders'),
  onDidGrantWorkspaceTrust: event('onDidGrantWorkspaceTrust'),
  onDidOpenTextDocument: event('onDidOpenTextDocument'),
  onDidSaveTextDocument: event('onDidSaveTextDocument'),
  registerTextDocumentContentProvider: event('text documents'),
  createFileSystemWatcher: ({ base }: RelativePattern) => {
    const watcher = user.register('file watcher');
    const directory = base instanceof Uri ? base.fsPath : '';
    const listeners: ((uri: Uri) => void)[] = [];
    const listen = (name: string) => (listener: (uri: Uri) => void) => {
      listeners.push(listener);
      return user.register(name);
    };
    user.watchers.set(directory, (path) => {
      for (const listener of listeners) listener(Uri.file(path));
    });
    return {
      onDidCreate: listen('onDidCreate'),
      onDidChange: listen('onDidChange'),
      onDidDelete: listen('onDidDelete'),
      dispose: () => {
        user.watchers.delete(directory);
        watcher.dispose();
      },
    };
  },
};

export const tasks = { registerTaskProvider: event('task provider') };

export const languages = {
  createDiagnosticCollection: (name: string) => {
    const collection = user.register(`diagnostics ${name}`);
    return { set: none, clear: none, delete: none, dispose: () => collection.dispose() };
  },
  registerCodeActionsProvider: event('code actions'),
  registerCompletionItemProvider: event('completions'),
  registerHoverProvider: event('hovers'),
  registerDocumentLinkProvider: event('links'),
  registerDefinitionProvider: event('definitions'),
};

export const extensions = { getExtension: (): undefined => undefined };

export const DebugConfigurationProviderTriggerKind = { Initial: 1, Dynamic: 2 } as const;

export class DebugAdapterInlineImplementation {
  readonly implementation: vscode.DebugAdapter;

  constructor(implementation: vscode.DebugAdapter) {
    this.implementation = implementation;
  }
}

export const debug = {
  activeDebugSession: undefined,
  registerDebugAdapterDescriptorFactory: event('debug adapters'),
  registerDebugConfigurationProvider: event('debug configurations'),
  startDebugging: (_: unknown, { name, request }: vscode.DebugConfiguration): Promise<boolean> => {
    user.seen.push(`debug: ${request} ${name}`);
    return Promise.resolve(true);
  },
};

export const env = {
  clipboard: {
    writeText: (text: string): Promise<void> => Promise.resolve(void (user.clipboard = text)),
  },
  asExternalUri: (uri: Uri): Promise<Uri> => Promise.resolve(uri),
  openExternal: (uri: Uri): Promise<boolean> => {
    user.seen.push(`open: ${uri.toString()}`);
    return Promise.resolve(true);
  },
};

const none = (): Disposable => new Disposable(() => undefined);
