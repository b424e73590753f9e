import type * as vscode from 'vscode';
import type { BentoReader } from '../../core/bento-manager';
import type { Clock } from '../../core/clock';
import type { OutputHistory } from '../../core/logs/output-history';
import { fullTitle } from '../tree/component-title';
import { ComponentTerminal } from './component-terminal';
import { WantedTerminals } from './wanted-terminals';

export interface TerminalsOptions {
  readonly manager: BentoReader;
  readonly clock: Clock;
  readonly onInterrupt: (bento: string, component: string) => void;
}

interface Tab {
  readonly bento: string;
  readonly component: string;
  readonly output: OutputHistory;
  readonly terminal: ComponentTerminal;
}

/** A terminal per component, there from its Serve on, in front only when asked for. */
export class Terminals implements vscode.Disposable {
  readonly #options: TerminalsOptions;
  readonly #tabs = new Map<string, Tab>();
  readonly #wanted = new WantedTerminals();
  readonly #subscription: { dispose(): void };

  constructor(options: TerminalsOptions) {
    this.#options = options;
    this.#subscription = options.manager.onDidChange((id) => {
      if (id === undefined) this.#followList();
      else this.#openWanted(id);
    });
  }

  /** False when the component has not run yet and there is nothing to show. */
  show(bento: string, component: string, preserveFocus = false): boolean {
    const terminal = this.#tab(bento, component)?.terminal;
    terminal?.show(preserveFocus);
    return terminal !== undefined;
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const { terminal } of [...this.#tabs.values()]) terminal.dispose();
    this.#tabs.clear();
  }

  #openWanted(id: string): void {
    const { manager } = this.#options;
    const bento = manager.bento(id);
    if (bento === undefined) return;
    const hasOutput = (component: string): boolean => manager.details(id, component) !== undefined;
    for (const component of this.#wanted.next(bento, hasOutput)) this.#tab(id, component);
  }

  #tab(id: string, componentId: string): Tab | undefined {
    const { manager, clock, onInterrupt } = this.#options;
    const key = `${id} ${componentId}`;
    const bento = manager.bento(id);
    const component = bento?.components.find((one) => one.id === componentId);
    const output = manager.details(id, componentId)?.output;
    if (bento === undefined || component === undefined || output === undefined) return undefined;
    const known = this.#tabs.get(key);
    if (known?.output === output) return known;
    known?.terminal.dispose();
    const terminal = new ComponentTerminal({
      title: fullTitle(bento, component),
      output,
      clock,
      onInterrupt: () => onInterrupt(id, componentId),
      onClose: () => {
        if (this.#tabs.get(key)?.terminal === terminal) this.#tabs.delete(key);
      },
    });
    const tab = { bento: id, component: componentId, output, terminal };
    this.#tabs.set(key, tab);
    return tab;
  }

  /** Closes the tabs of bentos that are gone; the others may be shown under another name. */
  #followList(): void {
    for (const [key, tab] of [...this.#tabs]) {
      const bento = this.#options.manager.bento(tab.bento);
      if (bento === undefined) {
        this.#tabs.delete(key);
        tab.terminal.dispose();
        continue;
      }
      const component = bento.components.find(({ id }) => id === tab.component);
      if (component !== undefined) tab.terminal.rename(fullTitle(bento, component));
    }
  }
}
