import * as vscode from 'vscode';
import type { BentoManager } from '../core/bento-manager';
import type { DiscoveredBento } from '../core/discovery/discovered-bento';
import type { ProblemMessages } from './problem-messages';

const storeKey = 'served';

/** Remembers what is being served, and serves it again after the window was reloaded. */
export class Resume implements vscode.Disposable {
  readonly #manager: BentoManager;
  readonly #state: vscode.Memento;
  readonly #subscription: vscode.Disposable;
  #known: string;

  constructor(manager: BentoManager, state: vscode.Memento) {
    this.#manager = manager;
    this.#state = state;
    this.#known = JSON.stringify(this.#before());
    this.#subscription = vscode.Disposable.from(manager.onDidChange(() => this.#remember()));
  }

  /** To be called once, after the first discovery. */
  async run(
    wanted: (bento: DiscoveredBento) => boolean,
    messages: ProblemMessages,
  ): Promise<void> {
    if (!vscode.workspace.isTrusted) return;
    const again = this.#before().filter((id) => {
      const bento = this.#manager.discovered(id);
      return bento !== undefined && wanted(bento);
    });
    await Promise.all(
      again.map((id) => this.#manager.serve(id).catch((error: unknown) => messages.show(error, id))),
    );
  }

  /** At the end of the window everything stops; that must not be remembered as a person's wish. */
  dispose(): void {
    this.#subscription.dispose();
  }

  #before(): readonly string[] {
    const stored = this.#state.get<unknown>(storeKey);
    return Array.isArray(stored)
      ? stored.filter((id): id is string => typeof id === 'string')
      : [];
  }

  #remember(): void {
    const served = this.#manager.bentos
      .filter(({ state }) => state === 'ready' || state === 'degraded' || state === 'starting')
      .map(({ id }) => id);
    const text = JSON.stringify(served);
    if (text === this.#known) return;
    this.#known = text;
    void this.#state.update(storeKey, served);
  }
}
