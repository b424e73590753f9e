import * as vscode from 'vscode';
import type { BentoReader, OneTimeChoices } from '../../core/bento-manager';
import type { Bento, Problem, ProblemAction } from '../../core/model';
import { problemOf } from '../../core/problem';
import { interpreterOf } from '../../core/interpreter/interpreter-error';
import type { ActionName, Notice } from './notice';
import { enterVariable } from '../trust/enter-variable';
import { commandIds } from '../identifiers';
import { messageAbout, problemAbout } from './message-about';
import { messageOf } from './problem-text';
import { openSettings, settingsQuery } from './open-setting';
import { plainWindow } from '../plain-window';
import type { Secrets } from '../trust/secrets';
import { selectInterpreter } from '../sources/select-interpreter';
import type { Terminals } from '../terminals/terminals';

export interface Action {
  readonly title: string;
  readonly run: () => unknown;
}

/** How a bento is served again, and with what. */
export interface Serving {
  readonly serve: (bento: string, once: OneTimeChoices) => Promise<void>;
  /** Of the settings of the bento: absolute paths, later ones win. */
  readonly envFiles: (bento: string) => readonly string[];
}

interface Subject {
  readonly problem: Problem;
  /** The id of the bento. */
  readonly bento: string | undefined;
  readonly python?: string | undefined;
}

/** Asks, then installs; true when the packages were installed. */
export type Install = (
  python: string,
  packages: readonly string[],
  bento: string | undefined,
) => Promise<boolean>;

/** One message for a failure: the sentence, the next step as a button, and the way to the details. */
export class ProblemMessages {
  readonly #log: vscode.LogOutputChannel;
  readonly #terminals: Terminals;
  readonly #manager: BentoReader;
  readonly #secrets: Secrets;
  readonly #install: Install;
  readonly #serving: Serving;
  /** A failure may come both ways: told once is enough. */
  readonly #shown = new WeakSet<Problem>();
  readonly #noticed = new WeakSet<Problem>();

  constructor(
    log: vscode.LogOutputChannel,
    terminals: Terminals,
    manager: BentoReader,
    secrets: Secrets,
    install: Install,
    serving: Serving,
  ) {
    this.#serving = serving;
    this.#install = install;
    this.#secrets = secrets;
    this.#log = log;
    this.#terminals = terminals;
    this.#manager = manager;
  }

  /** How a command failed. */
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

  /** What happened by itself. */
  async notify({ severity, message, problem, bento, actions }: Notice): Promise<void> {
    if (this.#shown.has(problem)) return;
    this.#noticed.add(problem);
    await this.#tell(severity, message, actions, { problem, bento });
  }

  /** What can be done about a problem that its reader has in front of him. */
  fixes(problem: Problem, bento: string): readonly Action[] {
    const names = nextSteps(problem).filter((name) => name !== 'openFile');
    return this.#actions([...names, 'serveAgain'], { problem, bento });
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
    const actions = this.#actions(names, subject);
    const show =
      severity === 'error' ? plainWindow.showErrorMessage : plainWindow.showWarningMessage;
    const chosen = await show(message, ...actions.map(({ title }) => title));
    await actions.find(({ title }) => title === chosen)?.run();
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
      await this.show(error, bento.id);
    }
  }

  /** The log opens at its end: what it is opened for is written there once more. */
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
      await this.show(error, bento);
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

  /** Those that can be done; the log is for what has no terminal. */
  #actions(names: readonly ActionName[], subject: Subject): readonly Action[] {
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
}

/** Of several packages the first, which the others are for. */
const namesOf = ([first = '', ...others]: readonly string[]): string =>
  others.length === 0 ? first : `${first} (+${others.length})`;

function nextSteps({ code, actions }: Problem): readonly ProblemAction[] {
  if (actions !== undefined) return actions;
  switch (code) {
    case 'no-bentoml':
      return ['install', 'selectInterpreter'];
    case 'no-python':
    case 'unsupported-version':
      return ['selectInterpreter'];
    case 'import-failed':
    case 'crashed':
    case 'grpc-unavailable':
      return ['install', 'openFile'];
    case 'port-in-use':
      return ['serveOnFreePort', 'openSettings'];
    case 'settings':
    case 'start-timeout':
    case 'unknown-runner':
    case 'missing-runner':
    case 'tls':
      return ['openFile', 'enterVariable', 'openSettings'];
    case 'untrusted':
      return ['manageTrust'];
    case 'debugger':
    case 'profile':
    case 'stacks':
    case 'cancelled':
    case 'not-found':
    case 'store':
    case 'not-ready':
    case 'unresponsive':
      return [];
  }
}

async function openAt(file: string, line: number): Promise<void> {
  const position = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    selection: new vscode.Range(position, position),
  });
}
