import type * as vscode from 'vscode';
import type { ServeBentoApi } from './api';
import { systemClock } from './core/clock';
import { exportedApi } from './vscode/exported-api';
import { registerFeatures } from './vscode/features/feature';
import { features } from './vscode/features/features';
import { endAll } from './vscode/lifecycle/end-all';
import { createParts } from './vscode/parts/create-parts';

let stopEverything: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): ServeBentoApi {
  const parts = createParts(context);
  const { registry, sources, resume, logFiles, log } = parts;
  context.subscriptions.push(registerFeatures(features, parts, log));
  stopEverything = async () => {
    resume.dispose();
    await endAll(registry, systemClock);
    await logFiles.flushed();
  };
  return exportedApi(registry, () => sources.whenDone());
}

/** No call of `vscode` here: at this time nothing answers any more. */
export async function deactivate(): Promise<void> {
  await stopEverything?.();
}
