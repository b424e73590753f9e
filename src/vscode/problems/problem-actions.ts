import * as vscode from 'vscode';
import type { BentoReader, OneTimeChoices } from '../../core/bento-manager';
import type { Bento, Problem } from '../../core/model';
import { commandIds } from '../identifiers';
import { plainWindow } from '../plain-window';
import { selectInterpreter } from '../sources/select-interpreter';
import type { Terminals } from '../terminals/terminals';
import { enterVariable } from '../trust/enter-variable';
import type { Secrets } from '../trust/secrets';
import { messageAbout } from './message-about';
import type { ActionName } from './notice';
import { openSettings, settingsQuery } from './open-setting';

export interface Action {
  readonly title: string;
  readonly run: () => unknown;
}

/** Serves a bento again, and knows its env files. */
export interface Serving {
  readonly serve: (bento: string, once: OneTimeChoices) => Promise<void>;
  /** The env files in the settings of the bento: absolute paths; later files override earlier ones. */
  readonly envFiles: (bento: string) => readonly string[];
}

/** The problem that a message is about, and where it happened. */
export interface Subject {
  readonly problem: Problem;
  /** The id of the bento. */
  readonly bento: string | undefined;
  readonly python?: string | undefined;
}

/** Asks, then installs. Returns whether the packages were installed. */
export type Install = (
  python: string,
  packages: readonly string[],
  bento: string | undefined,
) => Promise<boolean>;

export interface ProblemActionParts {
  readonly log: vscode.LogOutputChannel;
  readonly terminals: Terminals;
  readonly manager: BentoReader;
  readonly secrets: Secrets;
  readonly install: Install;
  readonly serving: Serving;
}

/** Creates the buttons of a message about a problem. */
export class ProblemActions {
  readonly #log: vscode.LogOutputChannel;
  readonly #terminals: Terminals;
  readonly #manager: BentoReader;
  readonly #secrets: Secrets;
  readonly #install: Install;
  readonly #serving: Serving;
  /** Called when an action fails. */
  readonly #showFailure: (thrown: unknown, bento: string | undefined) => Promise<void>;

  constructor(
    { log, terminals, manager, secrets, install, serving }: ProblemActionParts,
    showFailure: (thrown: unknown, bento: string | undefined) => Promise<void>,
  ) {
    this.#log = log;
    this.#terminals = terminals;
    this.#manager = manager;
    this.#secrets = secrets;
    this.#install = install;
    this.#serving = serving;
    this.#showFailure = showFailure;
  }

  /** Returns those of the named actions that are possible. The log is offered only if there is no terminal. */
  of(names: readonly ActionName[], subject: Subject): readonly Action[] {
    const hasTerminal = this.#action('showTerminal', subject) !== undefined;
    return names
      .filter((name) => name !== 'showLog' || !hasTerminal)
      .flatMap((name) => this.#action(name, subject) ?? []);
  }

  #action(name: ActionName, { problem, bento, python }: Subject): Action | undefined {
    const { location, component, install, variable } = problem;
    switch (name) {
      case 'enterVariable': {
        const found = bento === undefined ? undefined : this.#manager.bento(bento);
        return found === undefined || variable === undefined
          ? undefined
          : {
              title: vscode.l10n.t('Enter {0}…', variable),
              run: () => this.#enterVariable(found, variable),
            };
      }
      case 'install': {
        const packages = install ?? (problem.code === 'no-bentoml' ? ['bentoml'] : []);
        const into =
          python ?? (bento === undefined ? undefined : this.#manager.bento(bento))?.python;
        return into === undefined || packages.length === 0
          ? undefined
          : {
              title: vscode.l10n.t('Install {0}…', namesOf(packages)),
              run: () => this.#installPackages(into, packages, bento),
            };
      }
      case 'manageTrust':
        return {
          title: vscode.l10n.t('Manage Trust'),
          run: () => vscode.commands.executeCommand('workbench.trust.manage'),
        };
      case 'openFile': {
        const { file, line } = location ?? { file: problem.file, line: 1 };
        return file === undefined
          ? undefined
          : { title: vscode.l10n.t('Open File'), run: () => openAt(file, line) };
      }
      case 'openSettings':
        return {
          title: vscode.l10n.t('Open Settings'),
          run: () => openSettings(settingsQuery(problem)),
        };
      case 'restart':
        return bento === undefined || component === undefined
          ? undefined
          : {
              title: vscode.l10n.t('Restart'),
              run: () =>
                vscode.commands.executeCommand(commandIds.restartComponent, {
                  kind: 'component',
                  bento,
                  component,
                }),
            };
      case 'selectInterpreter':
        return { title: vscode.l10n.t('Select Interpreter'), run: selectInterpreter };
      case 'serveAgain':
        return {
          title: vscode.l10n.t('Serve Again'),
          run: () => vscode.commands.executeCommand(commandIds.serve, bento),
        };
      case 'serveOnFreePort':
        return bento === undefined || problem.port === undefined
          ? undefined
          : {
              title: vscode.l10n.t('Serve on a Free Port'),
              run: () => this.#serving.serve(bento, { freePorts: true }),
            };
      case 'showLog':
        return { title: vscode.l10n.t('Show Log'), run: () => this.#showLog(problem) };
      case 'showTerminal':
        return component !== undefined &&
          bento !== undefined &&
          this.#manager.details(bento, component) !== undefined
          ? {
              title: vscode.l10n.t('Show Terminal'),
              run: () => this.#terminals.show(bento, component),
            }
          : undefined;
    }
  }

  async #enterVariable(bento: Bento, variable: string): Promise<void> {
    const { serve, envFiles } = this.#serving;
    try {
      await enterVariable(bento, variable, {
        secrets: this.#secrets,
        envFiles: envFiles(bento.id),
        serve: (once) => serve(bento.id, once),
      });
    } catch (error) {
      await this.#showFailure(error, bento.id);
    }
  }

  /** The log opens at its end, so the details are written there again. */
  #showLog({ message, detail }: Problem): void {
    if (detail !== undefined) this.#log.error(`${message}\n${detail}`);
    this.#log.show(true);
  }

  async #installPackages(
    python: string,
    packages: readonly string[],
    bento: string | undefined,
  ): Promise<void> {
    try {
      if (!(await this.#install(python, packages, bento)) || bento === undefined) return;
    } catch (error) {
      await this.#showFailure(error, bento);
      return;
    }
    const serve = vscode.l10n.t('Serve Bento');
    const said = vscode.l10n.t('{0} is installed.', packages.join(', '));
    const found = this.#manager.bento(bento);
    const done = found === undefined ? said : messageAbout(found, said);
    if ((await plainWindow.showInformationMessage(done, serve)) === serve) {
      await vscode.commands.executeCommand(commandIds.serve, bento);
    }
  }
}

/** Names the first package, and the number of the others. */
const namesOf = ([first = '', ...others]: readonly string[]): string =>
  others.length === 0 ? first : `${first} (+${others.length})`;

async function openAt(file: string, line: number): Promise<void> {
  const position = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    selection: new vscode.Range(position, position),
  });
}
