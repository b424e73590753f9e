import * as vscode from 'vscode';
import type { BentoReader } from '../../core/bento-manager';
import type { Bento } from '../../core/model';
import type { BentoChoice } from '../commands/bento-choice';
import { bentoNamed } from '../lifecycle/bento-named';
import { isServed } from '../lifecycle/readiness';
import type { ProblemMessages } from '../problems/problem-messages';
import { debugType } from '../identifiers';
import { debugConfiguration, isOfWorker, type DebugConfiguration } from './debug-configuration';
import { attachConfiguration, launchConfiguration } from './launch-configurations';
import type { DebugSessions } from './debug-sessions';
import { ServeError } from '../../core/problem';
import * as z from 'zod';
import { tell } from '../commands/tell';

export interface DebugConfigurationParts {
  readonly manager: BentoReader;
  readonly choice: BentoChoice;
  readonly sessions: DebugSessions;
  readonly messages: Pick<ProblemMessages, 'show'>;
  /** Resolves when the first discovery is done. */
  readonly discovered: () => Promise<unknown>;
}

/** Offers configurations for the bentos of the window, and completes those of `launch.json`. */
export class DebugConfigurations {
  readonly #parts: DebugConfigurationParts;

  constructor(parts: DebugConfigurationParts) {
    this.#parts = parts;
  }

  /** For a new `launch.json`. */
  async initial(folder: vscode.WorkspaceFolder | undefined): Promise<vscode.DebugConfiguration[]> {
    const own = (await this.#bentos()).filter(
      (bento) => folder === undefined || bento.folder === folder.uri.fsPath,
    );
    return own.map(({ id, displayName }) => launchConfiguration(id, displayName));
  }

  /** For the list of **Select and Start Debugging**. */
  async dynamic(folder: vscode.WorkspaceFolder | undefined): Promise<vscode.DebugConfiguration[]> {
    const served = (await this.#bentos()).filter(
      (bento) => isServed(bento) && (folder === undefined || bento.folder === folder.uri.fsPath),
    );
    const attach = served.map(({ id, displayName }) => attachConfiguration(id, displayName));
    return [...(await this.initial(folder)), ...attach];
  }

  /** Completes a configuration; undefined when no new session is to start. */
  async resolve(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
    cancel: AbortSignal,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const { messages, discovered } = this.#parts;
    if (isOfWorker(configuration)) return this.#child(configuration);
    try {
      await discovered();
      const whole = await this.#whole(folder, configuration);
      return whole === undefined || (await this.#joins(whole, cancel)) ? undefined : whole;
    } catch (error) {
      void messages.show(error);
      return undefined;
    }
  }

  async #bentos(): Promise<readonly Bento[]> {
    const { manager, discovered } = this.#parts;
    await discovered();
    return manager.bentos.filter(({ source }) => source !== 'store' && source !== 'remote');
  }

  /** debugpy calls a process that a worker has started "Subprocess 4711". */
  #child(configuration: vscode.DebugConfiguration): vscode.DebugConfiguration {
    const { subProcessId, workerName } = configuration;
    return subProcessId === undefined || typeof workerName !== 'string'
      ? configuration
      : {
          ...configuration,
          name: vscode.l10n.t('{0}: process {1}', workerName, subProcessId as number),
        };
  }

  async #whole(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<DebugConfiguration | undefined> {
    const { manager, choice } = this.#parts;
    // F5 without a launch.json.
    const { request } = configuration as Partial<vscode.DebugConfiguration>;
    const wanted: unknown = configuration['bento'];
    const bento =
      wanted === undefined
        ? await choice.bento(undefined, vscode.l10n.t('Debug which bento?'), canDebug)
        : bentoNamed(manager.bentos, wanted, folder?.uri.fsPath);
    if (bento === undefined) {
      if (!manager.bentos.some(canDebug)) tell(vscode.l10n.t('There is no bento to debug.'));
      return undefined;
    }
    if (wanted === undefined) choice.remember(bento.id);
    const { id, displayName } = bento;
    const base =
      request === undefined
        ? launchConfiguration(id, displayName)
        : { ...configuration, bento: id };
    return parsed({ ...configuration, ...base });
  }

  /** Adds the configuration to the present session of the bento, if it has one. */
  async #joins(configuration: DebugConfiguration, cancel: AbortSignal): Promise<boolean> {
    const { sessions } = this.#parts;
    if (!sessions.isDebugging(configuration.bento)) return false;
    await sessions.join(configuration, cancel);
    return true;
  }
}

const canDebug = ({ source }: Bento): boolean => source !== 'remote';

function parsed(configuration: vscode.DebugConfiguration): DebugConfiguration {
  const read = debugConfiguration.safeParse({ ...configuration, type: debugType });
  if (read.success) return read.data;
  throw new ServeError({
    code: 'settings',
    message: vscode.l10n.t(
      'The launch configuration {0} is not valid: {1}. Correct it in launch.json.',
      configuration.name,
      z.prettifyError(read.error).replaceAll(/\s+/g, ' '),
    ),
  });
}
