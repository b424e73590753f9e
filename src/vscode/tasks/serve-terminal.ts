import { textOf } from '../../core/messages/message';
import * as vscode from 'vscode';
import type { BentoManager } from '../../core/bento-manager';
import type { Disposable } from '../../core/events';
import type { Bento, BentoState } from '../../core/model';
import { oneLine } from '../../core/one-line';
import { problemOf } from '../../core/problem';
import { httpComponent, isServed } from '../lifecycle/readiness';
import { taskLines } from './serve-task-lines';

export interface ServeTerminalParts {
  readonly manager: BentoManager;
  /** @throws ServeError when there is none. */
  readonly findBento: () => Promise<Bento>;
  /** Nothing: the one that was chosen last. */
  readonly profile: string | undefined;
}

/** A task that serves a bento until it is terminated, and then stops it, unless it was served before. */
export class ServeTerminal implements vscode.Pseudoterminal {
  readonly #parts: ServeTerminalParts;
  readonly #written = new vscode.EventEmitter<string>();
  readonly #ended = new vscode.EventEmitter<number>();
  readonly #cancel = new AbortController();
  #subscription: Disposable | undefined;
  /** Served by this task. */
  #own: string | undefined;
  #last: BentoState = 'starting';

  constructor(parts: ServeTerminalParts) {
    this.#parts = parts;
  }

  readonly onDidWrite: vscode.Event<string> = this.#written.event;
  readonly onDidClose: vscode.Event<number> = this.#ended.event;

  open(): void {
    void this.#serve();
  }

  close(): void {
    this.#subscription?.dispose();
    this.#cancel.abort();
    // What went wrong with it is in its terminals and on its row.
    if (this.#own !== undefined) this.#parts.manager.stop(this.#own).catch(() => undefined);
  }

  async #serve(): Promise<void> {
    const { manager, findBento, profile } = this.#parts;
    try {
      const bento = await findBento();
      this.#line(taskLines.serving(bento.displayName));
      if (!isServed(bento)) this.#own = bento.id;
      const served = await manager.serve(bento.id, {
        signal: this.#cancel.signal,
        onPhase: (phase) => this.#line(`  ${textOf(phase)}`),
        ...(profile === undefined ? {} : { profile }),
      });
      this.#changed(served);
      this.#subscription = manager.onDidChange((id) => {
        const now = id === bento.id ? manager.bento(id) : undefined;
        if (now !== undefined) this.#changed(now);
      });
    } catch (error) {
      this.#own = undefined;
      this.#line(taskLines.failed(problemOf(error).message));
      this.#ended.fire(1);
    }
  }

  #changed(bento: Bento): void {
    const { displayName: name, state, problem, components } = bento;
    if (state === this.#last) return;
    this.#last = state;
    switch (state) {
      case 'starting':
        return this.#line(taskLines.serving(name));
      case 'ready':
        return this.#line(taskLines.ready(name, httpComponent(components)?.url));
      case 'degraded':
        return this.#line(
          `  ${problem?.message ?? vscode.l10n.t('{0} is no longer ready.', name)}`,
        );
      case 'failed':
      case 'stopped':
        return this.#end(problem?.message);
      case 'stopping':
        return;
    }
  }

  /** Somebody else stopped it, or it ended by itself. */
  #end(failure: string | undefined): void {
    this.#own = undefined;
    if (failure !== undefined) this.#line(taskLines.failed(failure));
    this.#ended.fire(failure === undefined ? 0 : 1);
  }

  #line(text: string): void {
    this.#written.fire(`${oneLine(text, 1000)}\r\n`);
  }
}
