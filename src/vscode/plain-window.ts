import * as vscode from 'vscode';
import { oneLine } from '../core/one-line';
import { plainText } from './plain-text';

/**
 * The parts of `vscode.window` that show text, with the same names and arguments. All text passes `plainText`: names,
 * settings, answers of servers and file contents are never links or icons. A lint rule forbids the originals elsewhere.
 */
export const plainWindow = {
  showInformationMessage: messages((...all) => vscode.window.showInformationMessage(...all)),
  showWarningMessage: messages((...all) => vscode.window.showWarningMessage(...all)),
  showErrorMessage: messages((...all) => vscode.window.showErrorMessage(...all)),
  withProgress,
  showInputBox,
  showQuickPick,
  setStatusBarMessage: (text: string, hideAfterMs: number): vscode.Disposable =>
    vscode.window.setStatusBarMessage(plainText(text), hideAfterMs),
  createTerminal,
} as const;

type Show = (
  message: string,
  options: vscode.MessageOptions,
  ...items: vscode.MessageItem[]
) => Thenable<vscode.MessageItem | undefined>;

interface ShowMessage {
  /** Resolves to the chosen button, as it was passed. */
  (message: string, ...buttons: string[]): Promise<string | undefined>;
  (
    message: string,
    options: vscode.MessageOptions,
    ...buttons: string[]
  ): Promise<string | undefined>;
}

function messages(show: Show): ShowMessage {
  return async (message: string, ...rest: (vscode.MessageOptions | string)[]) => {
    const options = rest.find((one) => typeof one === 'object') ?? {};
    const buttons = rest.filter((one) => typeof one === 'string');
    const items = buttons.map((title): vscode.MessageItem => ({ title: plainText(title) }));
    const { detail } = options;
    const shown = detail === undefined ? options : { ...options, detail: plainText(detail) };
    const chosen = await show(plainText(message), shown, ...items);
    return chosen === undefined ? undefined : buttons[items.indexOf(chosen)];
  };
}

type Report = Parameters<Parameters<typeof vscode.window.withProgress>[1]>[0];

function withProgress<T>(
  options: vscode.ProgressOptions,
  task: (progress: Report, token: vscode.CancellationToken) => Thenable<T>,
): Thenable<T> {
  return vscode.window.withProgress(plainTexts(options, ['title']), (progress, token) =>
    task({ report: (value) => progress.report(plainTexts(value, ['message'])) }, token),
  );
}

function showInputBox(options: vscode.InputBoxOptions): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    ...plainTexts(options, ['title', 'prompt', 'placeHolder']),
    validateInput: async (value) => {
      const answer = await options.validateInput?.(value);
      return typeof answer === 'object' && answer !== null
        ? plainTexts(answer, ['message'])
        : answer && plainText(answer);
    },
  });
}

function showQuickPick<T extends vscode.QuickPickItem>(
  items: readonly T[],
  options: vscode.QuickPickOptions & { readonly canPickMany: true },
): Promise<readonly T[] | undefined>;
function showQuickPick<T extends vscode.QuickPickItem>(
  items: readonly T[],
  options: vscode.QuickPickOptions,
): Promise<T | undefined>;
async function showQuickPick<T extends vscode.QuickPickItem>(
  items: readonly T[],
  options: vscode.QuickPickOptions,
): Promise<T | readonly T[] | undefined> {
  const original = new Map<vscode.QuickPickItem, T>(
    items.map((item) => [plainTexts(item, ['label', 'description', 'detail']), item]),
  );
  const chosen = (await vscode.window.showQuickPick(
    [...original.keys()],
    plainTexts(options, ['title', 'placeHolder']),
  )) as vscode.QuickPickItem | readonly vscode.QuickPickItem[] | undefined;
  if (chosen === undefined) return undefined;
  return 'label' in chosen
    ? original.get(chosen)
    : chosen.flatMap((item) => original.get(item) ?? []);
}

/** The name is rendered as Markdown when the mouse is over the tab. */
function createTerminal(
  options: (vscode.TerminalOptions | vscode.ExtensionTerminalOptions) & { readonly name: string },
): vscode.Terminal {
  return vscode.window.createTerminal({ ...options, name: plainText(oneLine(options.name)) });
}

/** A copy in which the texts of these keys are plain. */
function plainTexts<T extends object>(value: T, keys: readonly (keyof T)[]): T {
  const copy = { ...value };
  for (const key of keys) {
    const text = copy[key];
    if (typeof text === 'string') copy[key] = plainText(text) as T[keyof T];
  }
  return copy;
}
