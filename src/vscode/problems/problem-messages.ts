import * as vscode from 'vscode';
import type { BentoReader } from '../../core/bento-manager';
import { interpreterOf } from '../../core/interpreter/interpreter-error';
import type { Problem } from '../../core/model';
import { problemOf } from '../../core/problem';
import { plainWindow } from '../plain-window';
import { problemAbout } from './message-about';
import { nextSteps } from './next-steps';
import type { ActionName, Notice } from './notice';
import {
  ProblemActions,
  type Action,
  type ProblemActionParts,
  type Subject,
} from './problem-actions';
import { messageOf } from './problem-text';

/** Shows one message for a failure: the sentence, buttons for the next steps, and a button for the details. */
export class ProblemMessages {
  readonly #log: vscode.LogOutputChannel;
  readonly #manager: BentoReader;
  readonly #actions: ProblemActions;
  /** A failure can be reported both by a command and by a notice. It is shown only once. */
  readonly #shown = new WeakSet<Problem>();
  readonly #noticed = new WeakSet<Problem>();

  constructor(parts: ProblemActionParts) {
    this.#log = parts.log;
    this.#manager = parts.manager;
    this.#actions = new ProblemActions(parts, (thrown, bento) => this.show(thrown, bento));
  }

  /** Shows why a command failed. */
  async show(thrown: unknown, id?: string): Promise<void> {
    const problem = problemOf(thrown);
    // A person who cancels knows.
    if (problem.code === 'cancelled' || this.#noticed.has(problem)) return;
    this.#shown.add(problem);
    const python = interpreterOf(thrown);
    const names = [...nextSteps(problem), 'showTerminal', 'showLog'] as const;
    const bento = id === undefined ? undefined : this.#manager.bento(id);
    const message =
      bento === undefined
        ? messageOf(problem, vscode.l10n)
        : problemAbout(bento, problem, vscode.l10n);
    await this.#tell('error', message, names, { problem, bento: id, python });
  }

  /** Shows a problem that no command caused, such as a crash. */
  async notify({ severity, message, problem, bento, actions }: Notice): Promise<void> {
    if (this.#shown.has(problem)) return;
    this.#noticed.add(problem);
    await this.#tell(severity, message, actions, { problem, bento });
  }

  /** Returns actions for a problem that is shown in place, such as in an editor. */
  fixes(problem: Problem, bento: string): readonly Action[] {
    const names = nextSteps(problem).filter((name) => name !== 'openFile');
    return this.#actions.of([...names, 'serveAgain'], { problem, bento });
  }

  async #tell(
    severity: Notice['severity'],
    message: string,
    names: readonly ActionName[],
    subject: Subject,
  ): Promise<void> {
    const { problem } = subject;
    const level = severity === 'error' ? 'error' : 'warn';
    this.#log[level](message);
    if (problem.detail !== undefined) this.#log[level](problem.detail);
    const actions = this.#actions.of(names, subject);
    const show =
      severity === 'error' ? plainWindow.showErrorMessage : plainWindow.showWarningMessage;
    const chosen = await show(message, ...actions.map(({ title }) => title));
    await actions.find(({ title }) => title === chosen)?.run();
  }
}
