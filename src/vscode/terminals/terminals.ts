import type * as vscode from 'vscode';
import type { BentoReader } from '../../core/bento-manager';
import type { Clock } from '../../core/clock';
import type { Disposable } from '../../core/events';
import type { OutputHistory } from '../../core/logs/output-history';
import { isServed } from '../lifecycle/readiness';
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

/** The longest delay of terminals during a start, in milliseconds. Opening them takes processor time that the start needs. */
const startLimitMs = 3000;
/** The delay of terminals after a start, in milliseconds, so that the rows are refreshed first. */
const afterStartMs = 250;

interface Opening extends Disposable {
  readonly isStarting: boolean;
}

/** One terminal for each component of a served bento. It is only brought to the front when the user asks for it. */
export class Terminals implements vscode.Disposable {
  readonly #options: TerminalsOptions;
  readonly #tabs = new Map<string, Tab>();
  readonly #wanted = new WantedTerminals();
  /** The timers that will open terminals, by bento. */
  readonly #openings = new Map<string, Opening>();
  readonly #subscription: { dispose(): void };

  constructor(options: TerminalsOptions) {
    this.#options = options;
    this.#subscription = options.manager.onDidChange((id) => {
      if (id === undefined) this.#followList();
      else this.#follow(id);
    });
  }

  /** Shows the terminal of a component. Returns false if the component has not run yet. */
  show(bento: string, component: string, preserveFocus = false): boolean {
    const terminal = this.#tab(bento, component)?.terminal;
    if (terminal !== undefined) this.#wanted.markOpened(bento, component);
    terminal?.show(preserveFocus);
    return terminal !== undefined;
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const opening of this.#openings.values()) opening.dispose();
    for (const { terminal } of [...this.#tabs.values()]) terminal.dispose();
    this.#tabs.clear();
  }

  #follow(id: string): void {
    const { manager, clock } = this.#options;
    const bento = manager.bento(id);
    if (bento === undefined) return;
    const hasOutput = (component: string): boolean => manager.details(id, component) !== undefined;
    const isStarting = bento.state === 'starting';
    const isWanted = this.#wanted.update(bento, hasOutput);
    const planned = this.#openings.get(id);
    if (isWanted && planned?.isStarting === isStarting) return;
    planned?.dispose();
    this.#openings.delete(id);
    if (!isWanted) return;
    const timer = clock.after(isStarting ? startLimitMs : afterStartMs, () => this.#openWanted(id));
    this.#openings.set(id, { isStarting, dispose: () => timer.dispose() });
  }

  #openWanted(id: string): void {
    this.#openings.delete(id);
    const bento = this.#options.manager.bento(id);
    const isOver = bento === undefined || !isServed(bento);
    for (const component of this.#wanted.take(id, isOver)) this.#tab(id, component);
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
