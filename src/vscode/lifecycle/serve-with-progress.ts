import * as vscode from 'vscode';
import type { BentoManager, OneTimeChoices, ServeOptions } from '../../core/bento-manager';
import type { Clock } from '../../core/clock';
import type { Bento } from '../../core/model';
import { withTimeout } from '../../core/with-timeout';
import { plainWindow } from '../plain-window';
import type { ProblemMessages } from '../problems/problem-messages';
import { readiness } from './readiness';
import { copyUrl, openUrl } from '../commands/urls';
import { messageOf, translated } from '../problems/problem-text';

/** Milliseconds after which a notification shows the progress. Showing it takes processor time that a quick start needs. */
const noticeMs = 500;

/** Runs a serve or a restart. If it takes a while, a notification shows its phase and a Cancel button. Reports the outcome. */
export class ServeWithProgress {
  readonly #clock: Clock;
  readonly #manager: BentoManager;
  readonly #messages: ProblemMessages;
  /** The operations in progress, by bento and kind. */
  readonly #shown = new Set<string>();
  /** The outcome of the last restart of each bento. Requests that were combined share it, and it is reported once. */
  readonly #restarted = new Map<string, unknown>();

  constructor(clock: Clock, manager: BentoManager, messages: ProblemMessages) {
    this.#clock = clock;
    this.#manager = manager;
    this.#messages = messages;
  }

  /** Serves a bento, or watches one that runs elsewhere. Resolves to false if that fails, which is reported. */
  async serve(
    { id, displayName, source }: Bento,
    once: OneTimeChoices = {},
    cancel?: AbortSignal,
  ): Promise<boolean> {
    const doing = source === 'remote' ? vscode.l10n.t('watching') : vscode.l10n.t('serving');
    return this.#run(id, displayName, doing, ({ signal, ...options }) => {
      const signals = [signal, cancel].filter((one) => one !== undefined);
      return this.#manager.serve(id, { ...options, signal: AbortSignal.any(signals), once });
    });
  }

  async restart({ id, displayName }: Bento): Promise<void> {
    const isNews = (outcome: unknown): boolean => {
      const before = this.#restarted.get(id);
      this.#restarted.set(id, outcome);
      return outcome !== before;
    };
    const restart = (options: ServeOptions): Promise<Bento> =>
      this.#manager.restart(id, undefined, options);
    await this.#run(id, displayName, vscode.l10n.t('restarting'), restart, isNews);
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

  /** Requested again while it is shown, it is not shown twice. */
  async #run(
    id: string,
    title: string,
    doing: string,
    act: (options: ServeOptions) => Promise<Bento>,
    isNews: (outcome: unknown) => boolean = () => true,
  ): Promise<boolean> {
    const key = `${id}\n${doing}`;
    if (this.#shown.has(key)) {
      return act({}).then(
        () => true,
        () => false,
      );
    }
    this.#shown.add(key);
    try {
      const bento = await this.#show(title, doing, act);
      if (isNews(bento)) void announce(bento);
      return true;
    } catch (error) {
      if (isNews(error)) void this.#messages.show(error, id);
      return false;
    } finally {
      this.#shown.delete(key);
    }
  }

  async #show(
    title: string,
    doing: string,
    act: (options: ServeOptions) => Promise<Bento>,
  ): Promise<Bento> {
    const cancel = new AbortController();
    let message = doing;
    let report = (): void => undefined;
    const outcome = act({
      signal: cancel.signal,
      onPhase: (phase) => {
        message = translated(phase, vscode.l10n);
        report();
      },
    });
    const done = await withTimeout(this.#clock, noticeMs, outcome);
    if (done !== undefined) return done;
    return plainWindow.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      (progress, token) => {
        token.onCancellationRequested(() => cancel.abort());
        report = () => progress.report({ message });
        report();
        return outcome;
      },
    );
  }
}

async function announce(bento: Bento): Promise<void> {
  const { displayName: name, components, state } = bento;
  const problem = components.find((component) => component.problem !== undefined)?.problem;
  // What is only watched may be down.
  if (state !== 'ready' && problem !== undefined) {
    const { ready, total } = readiness(bento);
    const said = vscode.l10n.t(
      'Watching {0}: {1} of {2} ready. {3}',
      name,
      ready,
      total,
      messageOf(problem, vscode.l10n),
    );
    void plainWindow.showWarningMessage(said);
    return;
  }
  const url = components.find((component) => component.url !== undefined)?.url;
  if (url === undefined) {
    void plainWindow.showInformationMessage(vscode.l10n.t('{0} is ready.', name));
    return;
  }
  const open = vscode.l10n.t('Open API Docs');
  const copy = vscode.l10n.t('Copy URL');
  const message =
    bento.engine === undefined
      ? vscode.l10n.t('{0} is ready at {1}', name, url)
      : vscode.l10n.t(
          '{0} is ready at {1}. It keeps running when this window is closed.',
          name,
          url,
        );
  const chosen = await plainWindow.showInformationMessage(message, open, copy);
  if (chosen === open) await openUrl(url);
  if (chosen === copy) await copyUrl(url);
}
