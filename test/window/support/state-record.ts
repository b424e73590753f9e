import type * as vscode from 'vscode';
import type { ServeBentoApi } from '../../../src/api';

/** The states that a bento and its components go through, as a listener of `onDidChange` sees them. */
export class StateRecord implements vscode.Disposable {
  readonly #seen = new Map<string, string[]>();
  readonly #subscription: vscode.Disposable;

  constructor(api: ServeBentoApi, id: string) {
    const look = () => {
      const bento = api.bentos.find((candidate) => candidate.id === id);
      if (bento === undefined) return;
      this.#add('bento', bento.state);
      for (const component of bento.components) this.#add(component.id, component.state);
    };
    this.#subscription = api.onDidChange(look);
  }

  /** Each state once as long as it lasts; rest before the first start is left out. */
  of(id: string): readonly string[] {
    const seen = this.#seen.get(id) ?? [];
    return seen[0] === 'stopped' ? seen.slice(1) : seen;
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #add(id: string, state: string): void {
    const seen = this.#seen.get(id) ?? [];
    this.#seen.set(id, seen);
    if (seen.at(-1) !== state) seen.push(state);
  }
}
