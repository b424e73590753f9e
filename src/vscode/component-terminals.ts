import * as vscode from 'vscode';
import type { BentoManager } from '../core/bento-manager';
import type { OutputHistory } from '../core/logs/output-history';
import { labelOf } from './tree-items';

const ctrlC = '\u0003';
/** VS Code queues what an extension writes without a bound: more than this a tick is skipped, and said. */
const perTick = 200_000;
const tickMs = 50;

/** The terminals of components: made when they start, shown when asked for, kept until the bento is gone. */
export class ComponentTerminals implements vscode.Disposable {
  readonly #manager: BentoManager;
  readonly #terminals = new Map<string, vscode.Terminal>();
  /** Closed by a person: not brought back before "Show Terminal" or the next serve. */
  readonly #hidden = new Set<string>();
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(manager: BentoManager) {
    this.#manager = manager;
    this.#subscriptions = [
      vscode.Disposable.from(manager.onDidChange((id) => this.#follow(id))),
      vscode.window.onDidCloseTerminal((terminal) => this.#closed(terminal)),
    ];
  }

  show(bento: string, component: string): void {
    this.#hidden.delete(key(bento, component));
    this.#terminal(bento, component)?.show();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const terminal of this.#terminals.values()) terminal.dispose();
  }

  /** Each component that is being started has its terminal, without taking the focus. */
  #follow(id: string | undefined): void {
    const bento = this.#manager.bentos.find((candidate) => candidate.id === id);
    for (const { id: component, state } of bento?.components ?? []) {
      const name = key(id ?? '', component);
      if (state === 'stopped') this.#hidden.delete(name);
      else if (!this.#hidden.has(name)) this.#terminal(id ?? '', component);
    }
  }

  #terminal(bento: string, component: string): vscode.Terminal | undefined {
    const name = key(bento, component);
    const known = this.#terminals.get(name);
    if (known !== undefined) return known;
    const details = this.#manager.details(bento, component);
    const of = this.#manager.bentos.find(({ id }) => id === bento);
    const row = of?.components.find(({ id }) => id === component);
    if (details === undefined || of === undefined || row === undefined) return undefined;
    const terminal = vscode.window.createTerminal({
      name: `${of.name} · ${labelOf(row)}`,
      iconPath: new vscode.ThemeIcon('package'),
      isTransient: true,
      pty: new ComponentPseudoterminal(details.output, () => {
        void this.#manager.stopComponent(bento, component);
      }),
    });
    this.#terminals.set(name, terminal);
    return terminal;
  }

  #closed(terminal: vscode.Terminal): void {
    for (const [name, known] of this.#terminals) {
      if (known !== terminal) continue;
      this.#terminals.delete(name);
      this.#hidden.add(name);
    }
  }
}

const key = (bento: string, component: string): string => `${bento}\n${component}`;

/** Shows an output history from its beginning; closing it hides the output and ends nothing. */
class ComponentPseudoterminal implements vscode.Pseudoterminal {
  readonly #output: OutputHistory;
  readonly #stop: () => void;
  readonly #writer = new vscode.EventEmitter<string>();
  #subscription: vscode.Disposable | undefined;
  #waiting: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(output: OutputHistory, stop: () => void) {
    this.#output = output;
    this.#stop = stop;
  }

  readonly onDidWrite = this.#writer.event;

  open(): void {
    this.#writer.fire(this.#output.text());
    this.#subscription = vscode.Disposable.from(
      this.#output.onDidAppend((text) => {
        this.#waiting.push(text);
        this.#timer ??= setTimeout(() => this.#flush(), tickMs);
      }),
    );
  }

  close(): void {
    this.#subscription?.dispose();
    clearTimeout(this.#timer);
    this.#writer.dispose();
  }

  handleInput(data: string): void {
    if (data === ctrlC) this.#stop();
  }

  #flush(): void {
    this.#timer = undefined;
    const text = this.#waiting.join('');
    this.#waiting = [];
    const skipped = text.length - perTick;
    this.#writer.fire(
      skipped > 0
        ? `\r\n… ${skipped} characters skipped …\r\n${text.slice(skipped)}`
        : text,
    );
  }
}
