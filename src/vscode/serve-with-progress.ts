import * as vscode from 'vscode';
import type { BentoManager, ServeOptions } from '../core/bento-manager';
import { JoinedWork } from '../core/joined-work';
import type { Bento } from '../core/model';
import { asSignal } from './as-signal';
import { plainWindow } from './plain-window';
import type { ProblemMessages } from './problem-messages';
import { readiness } from './readiness';
import { copyUrl, openUrl } from './urls';

/** Runs a serve or a restart under a notification with its phase and a Cancel, and tells how it ended. */
export class ServeWithProgress {
  readonly #manager: BentoManager;
  readonly #messages: ProblemMessages;
  readonly #joined = new JoinedWork<void>();

  constructor(manager: BentoManager, messages: ProblemMessages) {
    this.#manager = manager;
    this.#messages = messages;
  }

  /** Of one that runs elsewhere: watches it. */
  async serve({ id, displayName, source }: Bento): Promise<void> {
    const doing = source === 'remote' ? vscode.l10n.t('watching') : vscode.l10n.t('serving');
    await this.#run(id, displayName, doing, (options) => this.#manager.serve(id, options));
  }

  async restart({ id, displayName }: Bento): Promise<void> {
    await this.#run(id, displayName, vscode.l10n.t('restarting'), (options) =>
      this.#manager.restart(id, undefined, options),
    );
  }

  /** Rows show how it goes: only a failure is reported. */
  async withoutProgress(id: string, act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      // The command is over; the message may stay.
      void this.#messages.show(error, id);
    }
  }

  /** Asked for twice, it is shown once. */
  #run(
    id: string,
    title: string,
    doing: string,
    act: (options: ServeOptions) => Promise<Bento>,
  ): Promise<void> {
    return this.#joined.run(`${id}\n${doing}`, () => this.#show(id, title, doing, act));
  }

  async #show(
    id: string,
    title: string,
    doing: string,
    act: (options: ServeOptions) => Promise<Bento>,
  ): Promise<void> {
    try {
      const bento = await plainWindow.withProgress(
        { location: vscode.ProgressLocation.Notification, title, cancellable: true },
        (progress, token) => {
          progress.report({ message: doing });
          return act({
            signal: asSignal(token),
            onPhase: (phase) => progress.report({ message: phase }),
          });
        },
      );
      void announce(bento);
    } catch (error) {
      void this.#messages.show(error, id);
    }
  }
}

async function announce(bento: Bento): Promise<void> {
  const { displayName: name, components, state } = bento;
  const problem = components.find((component) => component.problem !== undefined)?.problem;
  // What is only watched may be down.
  if (state !== 'ready' && problem !== undefined) {
    const { ready, total } = readiness(bento);
    const said = vscode.l10n.t(
      '{0} is watched: {1}/{2} ready. {3}',
      name,
      ready,
      total,
      problem.message,
    );
    void plainWindow.showWarningMessage(said);
    return;
  }
  const url = components.find((component) => component.url !== undefined)?.url;
  if (url === undefined) {
    void plainWindow.showInformationMessage(vscode.l10n.t('{0} is ready.', name));
    return;
  }
  const open = vscode.l10n.t('Open');
  const copy = vscode.l10n.t('Copy URL');
  const message = vscode.l10n.t('{0} is ready at {1}', name, url);
  const chosen = await plainWindow.showInformationMessage(message, open, copy);
  if (chosen === open) await openUrl(url);
  if (chosen === copy) await copyUrl(url);
}
