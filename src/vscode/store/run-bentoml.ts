import * as vscode from 'vscode';
import type { Run } from '../../core/launch/run';
import { findCommand, type CommandSearch } from '../../core/python/find-command';
import type { PythonTools } from '../../core/python/probe-report';
import type { BentoSurroundings } from '../../core/serve/serve-questions';
import { bentomlCommand, type BentomlAction } from '../../core/store/bentoml-command';
import { missingForBuild } from '../../core/store/build-requirements';
import { containerBackend } from '../../core/store/container-backends';
import { plainWindow } from '../plain-window';
import { startBentomlTask } from './bentoml-task';

export interface BentomlContext {
  /** The name of the bento that tells it from others. */
  readonly displayName: string;
  readonly run: Run;
  /** The folder of our own Python scripts. */
  readonly scripts: string;
  readonly tools: (python: string, bento: string) => Promise<PythonTools>;
  /** Asks first; true when the packages were installed. */
  readonly install: (
    python: string,
    packages: readonly string[],
    bento: string,
  ) => Promise<boolean>;
}

/** Builds or containerizes a bento in a task, after saying what is missing for it. Resolves when it has begun. */
export async function runBentoml(
  action: BentomlAction,
  surroundings: BentoSurroundings,
  context: BentomlContext,
): Promise<void> {
  const search = { env: surroundings.env, platform: process.platform };
  let backend: string | undefined;
  if (action === 'build') {
    if (!(await canBuild(surroundings, search, context))) return;
  } else {
    const chosen = await chooseBackend(context.displayName, search);
    if (chosen === undefined) return;
    backend = chosen.backend;
  }
  const command = bentomlCommand(action, surroundings, { scripts: context.scripts, backend });
  await startBentomlTask(action, context.displayName, command, surroundings, context.run);
}

/** Asks about a missing uv. BentoML does not need it where a build file says `lock_packages: false`. */
async function canBuild(
  { bento, interpreter }: BentoSurroundings,
  search: CommandSearch,
  { displayName, tools, install }: BentomlContext,
): Promise<boolean> {
  const { path, bentomlVersion } = interpreter;
  const found = await tools(path, bento.id);
  const missing = missingForBuild(found, await findCommand('uv', search));
  if (missing === undefined) return true;
  const installIt = vscode.l10n.t('Install {0}…', missing);
  const buildAnyway = vscode.l10n.t('Build Anyway');
  const answer = await plainWindow.showWarningMessage(
    vscode.l10n.t(
      '{0}: {1} is missing in {2}. BentoML {3} needs it to lock package versions when it builds a bento.',
      displayName,
      missing,
      path,
      bentomlVersion,
    ),
    installIt,
    buildAnyway,
  );
  if (answer === installIt) return install(path, [missing], bento.id);
  return answer === buildAnyway;
}

const dockerGuide = 'https://docs.docker.com/get-docker/';

/** Asks about missing programs. Nothing: people do not want to go on. */
async function chooseBackend(
  displayName: string,
  search: CommandSearch,
): Promise<{ readonly backend: string | undefined } | undefined> {
  const { name, missing, others } = await containerBackend(search);
  if (missing.length === 0) return { backend: undefined };
  const guide = vscode.l10n.t('Get Docker');
  const titles = others.map((other) => ({
    other,
    title: vscode.l10n.t('Containerize with {0}', other),
  }));
  const answer = await plainWindow.showWarningMessage(
    vscode.l10n.t(
      '{0}: {1} is not on the PATH. BentoML needs it to build a container image with {2}.',
      displayName,
      missing.join(', '),
      name,
    ),
    ...titles.map(({ title }) => title),
    guide,
  );
  if (answer === guide) await vscode.env.openExternal(vscode.Uri.parse(dockerGuide));
  const chosen = titles.find(({ title }) => title === answer);
  return chosen && { backend: chosen.other };
}
