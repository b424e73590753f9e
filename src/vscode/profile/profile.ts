import path from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from '../../core/clock';
import { asSignal } from '../lifecycle/as-signal';
import { plainWindow } from '../plain-window';
import { chooseWorker, titleOf, type Inspected, type InspectedComponent } from './inspected-worker';
import { newProfileFile } from './profile-folder';

const usualSeconds = 30;
const mostSeconds = 600;

/** Profiles a worker of the component while it serves, and opens what it writes. `storage`: the folder of the extension. */
export async function profile(
  { bento: id, component }: InspectedComponent,
  registry: Inspected,
  storage: string,
): Promise<void> {
  const worker = await chooseWorker(registry.workers(id, component, 'profile'));
  const bento = registry.bento(id);
  if (worker === undefined || bento === undefined) return;
  const title = titleOf(bento, component);
  const seconds = await askForSeconds(title);
  if (seconds === undefined) return;
  const folder = path.join(storage, 'profiles');
  const file = await newProfileFile(folder, title, new Date(systemClock.date()));
  await plainWindow.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Profiling {0}', title),
      cancellable: true,
    },
    async (progress, token) => {
      const ticks = new SecondsProgress(seconds, progress);
      try {
        const onBegin = (): void => ticks.begin();
        await registry.profile(id, worker, { seconds, file, signal: asSignal(token), onBegin });
      } finally {
        ticks.dispose();
      }
    },
  );
  await openProfile(file);
}

async function askForSeconds(title: string): Promise<number | undefined> {
  const answer = await plainWindow.showInputBox({
    title,
    prompt: vscode.l10n.t('Profile for how many seconds?'),
    value: String(usualSeconds),
    validateInput: (value) =>
      secondsIn(value) === undefined
        ? vscode.l10n.t('Enter a whole number from 1 to {0}.', mostSeconds)
        : undefined,
  });
  return answer === undefined ? undefined : secondsIn(answer);
}

function secondsIn(text: string): number | undefined {
  const seconds = /^\s*\d{1,4}\s*$/.test(text) ? Number(text) : 0;
  return seconds >= 1 && seconds <= mostSeconds ? seconds : undefined;
}

/** Counts the seconds of a profile in a notification. */
class SecondsProgress implements vscode.Disposable {
  readonly #seconds: number;
  readonly #progress: vscode.Progress<{ message?: string; increment?: number }>;
  #timer: { dispose(): void } | undefined;
  #over = 0;

  constructor(
    seconds: number,
    progress: vscode.Progress<{ message?: string; increment?: number }>,
  ) {
    this.#seconds = seconds;
    this.#progress = progress;
  }

  begin(): void {
    this.#show(0);
    this.#wait();
  }

  dispose(): void {
    this.#timer?.dispose();
  }

  #wait(): void {
    this.#timer = systemClock.after(1000, () => {
      this.#over += 1;
      this.#show(100 / this.#seconds);
      if (this.#over < this.#seconds) this.#wait();
    });
  }

  #show(increment: number): void {
    const message =
      this.#over < this.#seconds
        ? vscode.l10n.t('{0} of {1} s', this.#over, this.#seconds)
        : vscode.l10n.t('writing the profile');
    this.#progress.report({ message, increment });
  }
}

/** VS Code's own viewer of profiles: an extension that comes with it, and may be disabled or left out. */
const viewer = 'ms-vscode.vscode-js-profile-table';

async function openProfile(file: string): Promise<void> {
  if (vscode.extensions.getExtension(viewer) !== undefined) {
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
    return;
  }
  const copy = vscode.l10n.t('Copy Path');
  const message = vscode.l10n.t(
    'The profile is saved as {0}. No extension of this window shows profiles: enable {1}, or open the file with another viewer.',
    file,
    viewer,
  );
  const chosen = await plainWindow.showInformationMessage(message, copy);
  if (chosen === copy) await vscode.env.clipboard.writeText(file);
}
