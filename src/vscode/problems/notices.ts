import * as vscode from 'vscode';
import type { BentoManager } from '../../core/bento-manager';
import type { Clock } from '../../core/clock';
import type { ProblemMessages } from './problem-messages';
import { NoticeRules } from './notice-rules';

/** Tells what happens to bentos while they are served. */
export class Notices implements vscode.Disposable {
  readonly #manager: BentoManager;
  readonly #messages: ProblemMessages;
  readonly #rules: NoticeRules;
  readonly #subscription: { dispose(): void };

  constructor(manager: BentoManager, messages: ProblemMessages, clock: Clock) {
    this.#manager = manager;
    this.#messages = messages;
    this.#rules = new NoticeRules(clock, vscode.l10n);
    for (const { id } of manager.bentos) this.#follow(id);
    this.#subscription = manager.onDidChange((id) => {
      if (id === undefined) this.#rules.keep(new Set(manager.bentos.map((bento) => bento.id)));
      else this.#follow(id);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #follow(id: string): void {
    const bento = this.#manager.bento(id);
    if (bento === undefined) return;
    for (const notice of this.#rules.next(bento)) void this.#messages.notify(notice);
  }
}
