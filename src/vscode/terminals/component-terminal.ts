import * as vscode from 'vscode';
import type { Clock } from '../../core/clock';
import type { OutputHistory } from '../../core/logs/output-history';
import { oneLine } from '../../core/one-line';
import { plainText } from '../plain-text';
import { plainWindow } from '../plain-window';
import { PacedWriter } from './paced-writer';

const interrupt = '\u0003';

export interface ComponentTerminalOptions {
  readonly title: string;
  readonly output: OutputHistory;
  readonly clock: Clock;
  readonly onInterrupt: () => void;
  /** The tab was closed; the component runs on. */
  readonly onClose: () => void;
}

/** A tab that shows one component's output. It owns nothing of the component. */
export class ComponentTerminal implements vscode.Disposable {
  readonly #terminal: vscode.Terminal;
  readonly #pty: OutputPty;
  #title: string;

  constructor(options: ComponentTerminalOptions) {
    this.#title = options.title;
    this.#pty = new OutputPty(options);
    this.#terminal = plainWindow.createTerminal({
      name: options.title,
      pty: this.#pty,
      iconPath: new vscode.ThemeIcon('server-process'),
      isTransient: true,
    });
  }

  show(preserveFocus: boolean): void {
    this.#terminal.show(preserveFocus);
  }

  rename(title: string): void {
    if (title === this.#title) return;
    this.#title = title;
    this.#pty.rename(title);
  }

  dispose(): void {
    this.#terminal.dispose();
  }
}

class OutputPty implements vscode.Pseudoterminal {
  readonly #options: ComponentTerminalOptions;
  readonly #written = new vscode.EventEmitter<string>();
  readonly #renamed = new vscode.EventEmitter<string>();
  #writer: PacedWriter | undefined;

  constructor(options: ComponentTerminalOptions) {
    this.#options = options;
  }

  readonly onDidWrite = this.#written.event;
  readonly onDidChangeName = this.#renamed.event;

  rename(title: string): void {
    this.#renamed.fire(plainText(oneLine(title)));
  }

  open(): void {
    const { output, clock } = this.#options;
    this.#writer = new PacedWriter(output, (text) => this.#written.fire(text), clock, vscode.l10n);
  }

  close(): void {
    this.#writer?.dispose();
    this.#options.onClose();
  }

  handleInput(data: string): void {
    if (data.includes(interrupt)) this.#options.onInterrupt();
  }
}
