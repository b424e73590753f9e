import * as vscode from 'vscode';
import type { BentoManager } from '../../core/bento-manager';
import type { Clock } from '../../core/clock';
import { WorkerLog } from '../../core/logs/worker-log';
import type { ComponentWorker } from '../../core/model';
import type { WorkerTarget } from '../commands/target';
import { translated } from '../problems/problem-text';
import { ComponentTerminal } from './component-terminal';

interface Tab {
  readonly log: WorkerLog;
  readonly terminal: ComponentTerminal;
  /** Whether its output has ended. */
  isOver: boolean;
}

/** Opens a terminal with the output of one container or pod for each one that the user asks for. */
export class WorkerTerminals implements vscode.Disposable {
  readonly #manager: BentoManager;
  readonly #clock: Clock;
  readonly #tabs = new Map<string, Tab>();

  constructor(manager: BentoManager, clock: Clock) {
    this.#manager = manager;
    this.#clock = clock;
  }

  /** @param previous whether to show the log of the container before the last restart instead */
  show(target: WorkerTarget, previous: boolean): void {
    const key = JSON.stringify([target.bento, target.worker, previous]);
    const known = this.#tabs.get(key);
    if (known !== undefined && !known.isOver) known.terminal.show(false);
    else {
      known?.terminal.dispose();
      this.#open(key, target, previous);
    }
  }

  dispose(): void {
    for (const { terminal } of [...this.#tabs.values()]) terminal.dispose();
    this.#tabs.clear();
  }

  #open(key: string, target: WorkerTarget, previous: boolean): void {
    const { bento, worker } = target;
    const log = new WorkerLog({
      ...{ clock: this.#clock, previous },
      worker: () => this.#worker(target),
      follow: (request) => this.#manager.onEngine(bento).printOutput(worker, request),
      text: (notice) => translated(notice, vscode.l10n),
    });
    const name = this.#worker(target)?.shortName ?? worker;
    const terminal = new ComponentTerminal({
      title: previous ? vscode.l10n.t('{0} (previous container)', name) : name,
      ...{ output: log.output, clock: this.#clock },
      onInterrupt: () => log.stop(),
      onClose: () => {
        log.dispose();
        if (this.#tabs.get(key) === tab) this.#tabs.delete(key);
      },
    });
    const tab: Tab = { log, terminal, isOver: false };
    this.#tabs.set(key, tab);
    terminal.show(false);
    void log.start().then(() => (tab.isOver = true));
  }

  #worker({ bento, component, worker }: WorkerTarget): ComponentWorker | undefined {
    return this.#manager
      .bento(bento)
      ?.components.find(({ id }) => id === component)
      ?.workers?.find(({ name }) => name === worker);
  }
}
