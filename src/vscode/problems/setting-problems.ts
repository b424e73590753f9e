import * as vscode from 'vscode';
import type { SettingProblem } from '../../core/settings/serve-settings';
import { openSettings, settingsQuery } from './open-setting';
import { plainWindow } from '../plain-window';
import type { WindowSources } from '../sources/window-sources';
import { messageOf } from './problem-text';

/** Tells of settings that cannot be used: once for each, when it appears. */
export class SettingProblems implements vscode.Disposable {
  readonly #sources: WindowSources;
  readonly #subscription: vscode.Disposable;
  #told: ReadonlySet<string> = new Set();

  constructor(sources: WindowSources) {
    this.#sources = sources;
    this.#subscription = vscode.Disposable.from(sources.onDidDiscover(() => this.#tell()));
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #tell(): void {
    const problems = this.#sources.allSettings().flatMap((folder) => folder.problems);
    const fresh = problems.filter(({ message }) => !this.#told.has(message));
    this.#told = new Set(problems.map(({ message }) => message));
    const [first] = fresh;
    if (first !== undefined) void show(first, fresh.length - 1);
  }
}

async function show(problem: SettingProblem, others: number): Promise<void> {
  const message = messageOf(problem, vscode.l10n);
  const open = vscode.l10n.t('Open Settings');
  const text = others > 0 ? vscode.l10n.t('{0} And {1} more.', message, others) : message;
  if ((await plainWindow.showWarningMessage(text, open)) !== open) return;
  await openSettings(settingsQuery(problem));
}
