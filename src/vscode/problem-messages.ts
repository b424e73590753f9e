import * as vscode from 'vscode';
import type { BentoManager } from '../core/bento-manager';
import type { ProblemCode } from '../core/model';
import { problemOf } from '../core/problem';
import { isInterpreterError } from '../core/python/interpreter-error';
import { settingsSection } from './identifiers';
import { installBentoml, selectInterpreter } from './interpreter-actions';
import { failureLocation } from './failure-location';
import type { Terminals } from './terminals/terminals';

interface Action {
  readonly title: string;
  readonly run: () => unknown;
}

/** One message for a failure: the sentence, the next step as a button, and the way to the details. */
export class ProblemMessages {
  readonly #log: vscode.LogOutputChannel;
  readonly #terminals: Terminals;
  readonly #manager: BentoManager;

  constructor(log: vscode.LogOutputChannel, terminals: Terminals, manager: BentoManager) {
    this.#log = log;
    this.#terminals = terminals;
    this.#manager = manager;
  }

  async show(thrown: unknown, bento?: string): Promise<void> {
    const problem = problemOf(thrown);
    // A person who cancels knows.
    if (problem.code === 'cancelled') return;
    this.#log.error(problem.message);
    if (problem.detail !== undefined) this.#log.error(problem.detail);
    const actions = [
      ...this.#nextSteps(problem.code, thrown, bento),
      this.#details(problem.component, bento),
    ];
    const titles = actions.map(({ title }) => title);
    const chosen = await vscode.window.showErrorMessage(problem.message, ...titles);
    await actions.find(({ title }) => title === chosen)?.run();
  }

  #nextSteps(code: ProblemCode, thrown: unknown, bento: string | undefined): readonly Action[] {
    const selecting = { title: vscode.l10n.t('Select Interpreter'), run: selectInterpreter };
    switch (code) {
      case 'no-bentoml': {
        const python = isInterpreterError(thrown) ? thrown.interpreter : undefined;
        const installing = {
          title: vscode.l10n.t('Install BentoML'),
          run: () => (python === undefined ? undefined : installBentoml(python, bento)),
        };
        return python === undefined ? [selecting] : [installing, selecting];
      }
      case 'no-python':
      case 'unsupported-version':
        return [selecting];
      case 'import-failed':
      case 'crashed': {
        const own = bento === undefined ? undefined : this.#manager.discovered(bento);
        const location = failureLocation(thrown, own?.workingDir);
        return location === undefined
          ? []
          : [
              {
                title: vscode.l10n.t('Open File'),
                run: () => openAt(location.file, location.line),
              },
            ];
      }
      case 'port-in-use':
      case 'settings':
      case 'start-timeout':
      case 'unknown-runner':
      case 'missing-runner':
        return [{ title: vscode.l10n.t('Open Settings'), run: openSettings }];
      case 'untrusted':
        return [
          {
            title: vscode.l10n.t('Manage Trust'),
            run: () => vscode.commands.executeCommand('workbench.trust.manage'),
          },
        ];
      case 'grpc-unavailable':
      case 'tls':
      case 'cancelled':
      case 'not-found':
      case 'not-ready':
      case 'unresponsive':
        return [];
    }
  }

  #details(component: string | undefined, bento: string | undefined): Action {
    return component !== undefined &&
      bento !== undefined &&
      this.#manager.details(bento, component) !== undefined
      ? {
          title: vscode.l10n.t('Show Terminal'),
          run: () => this.#terminals.show(bento, component),
        }
      : { title: vscode.l10n.t('Show Log'), run: () => this.#log.show(true) };
  }
}

async function openAt(file: string, line: number): Promise<void> {
  const position = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    selection: new vscode.Range(position, position),
  });
}

const openSettings = (): Thenable<unknown> =>
  vscode.commands.executeCommand('workbench.action.openSettings', settingsSection);
