import * as vscode from 'vscode';
import { cancelled } from '../core/problem';
import { stringsOf } from './recent-bentos';

const key = 'exposedHosts';

/** Asks once per workspace and address before a bento listens where other machines can reach it. */
export class ExposureConsent {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  /** @throws ServeError `cancelled` when the person does not want it. */
  async confirm(name: string, hosts: readonly string[]): Promise<void> {
    const known = stringsOf(this.#state.get(key));
    const fresh = hosts.filter((host) => !known.includes(host));
    if (fresh.length === 0) return;
    const agree = vscode.l10n.t('Listen There');
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t('Let other machines reach {0}?', name),
      {
        modal: true,
        detail: vscode.l10n.t(
          'The settings have it listen on {0}. BentoML asks nobody who calls: everyone who reaches this address can use the service. This is asked once for this workspace.',
          fresh.join(', '),
        ),
      },
      agree,
    );
    if (answer !== agree) throw cancelled();
    await this.#state.update(key, [...known, ...fresh]);
  }
}
