import * as vscode from 'vscode';
import type { BentoManager } from '../../core/bento-manager';
import { taskType } from '../identifiers';
import { bentoNamed } from '../lifecycle/bento-named';
import { plainText } from '../plain-text';
import { ServeTerminal } from './serve-terminal';

interface ServeTaskDefinition extends vscode.TaskDefinition {
  /** Its id, or its name where that is the only one. */
  readonly bento?: unknown;
  readonly profile?: unknown;
}

/** Tasks that serve a bento, for `tasks.json`, `preLaunchTask` and compound tasks. */
export class ServeTaskProvider implements vscode.TaskProvider {
  readonly #manager: BentoManager;
  readonly #discovered: () => Promise<unknown>;

  /** `discovered`: the first discovery is done. */
  constructor(manager: BentoManager, discovered: () => Promise<unknown>) {
    this.#manager = manager;
    this.#discovered = discovered;
  }

  async provideTasks(): Promise<vscode.Task[]> {
    await this.#discovered();
    return this.#manager.bentos
      .filter(({ source }) => source !== 'store' && source !== 'remote')
      .map(({ id, displayName, folder }) => {
        const of = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder));
        const scope = of ?? vscode.TaskScope.Workspace;
        return this.#task({ type: taskType, bento: id }, scope, displayName);
      });
  }

  resolveTask(task: vscode.Task): vscode.Task {
    return this.#task(task.definition, task.scope ?? vscode.TaskScope.Workspace, task.name);
  }

  #task(
    definition: ServeTaskDefinition,
    scope: vscode.WorkspaceFolder | vscode.TaskScope,
    name: string,
  ): vscode.Task {
    const folder = typeof scope === 'object' ? scope.uri.fsPath : undefined;
    const { bento, profile } = definition;
    const execution = new vscode.CustomExecution(() =>
      Promise.resolve(
        new ServeTerminal({
          manager: this.#manager,
          findBento: async () => {
            await this.#discovered();
            return bentoNamed(this.#manager.bentos, bento, folder);
          },
          profile: typeof profile === 'string' ? profile : undefined,
        }),
      ),
    );
    const task = new vscode.Task(
      definition,
      scope,
      plainText(name),
      'Serve Bento',
      execution,
      '$serveBento',
    );
    task.isBackground = true;
    task.detail = vscode.l10n.t('Serves the bento until the task is terminated');
    return task;
  }
}
