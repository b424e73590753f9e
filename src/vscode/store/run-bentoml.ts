import path from 'node:path';
import * as vscode from 'vscode';
import { nodeFileTree } from '../../core/discovery/files/file-tree';
import type { Run } from '../../core/programs/run';
import { findCommand, type CommandSearch } from '../../core/interpreter/find-command';
import type { PythonTools } from '../../core/interpreter/probe-report';
import type { LaunchContext } from '../../core/registry/launch-context';
import { bentomlCommand, type BentomlAction } from '../../core/store/bentoml-command';
import { whyNotBuilt } from '../../core/store/build-of-file';
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
  /** A build begins; what it returns is called when the build has succeeded. */
  readonly building: () => () => void;
  /** Ends the program. Default: only the user does. */
  readonly signal?: AbortSignal;
}

/** A task that has begun. */
export interface BentomlRun {
  /** Resolves when the task has ended: how the program ended, or null if it was ended or could not be started. */
  readonly exitCode: Promise<number | null>;
}

/**
 * Builds or containerizes a bento in a task, after saying what is missing for it. Resolves when it has begun, or with
 * undefined if the user does not want to go on.
 */
export async function runBentoml(
  action: BentomlAction,
  surroundings: LaunchContext,
  context: BentomlContext,
): Promise<BentomlRun | undefined> {
  const search = { env: surroundings.env, platform: process.platform };
  let backend: string | undefined;
  let buildFile: string | undefined;
  if (action === 'build') {
    const chosen = await chooseBuildFile(surroundings, context.displayName);
    if (chosen === undefined || !(await canBuild(surroundings, search, context))) return undefined;
    buildFile = chosen.buildFile;
  } else {
    const chosen = await chooseBackend(context.displayName, search);
    if (chosen === undefined) return undefined;
    backend = chosen.backend;
  }
  const { displayName, run, scripts, signal } = context;
  const command = bentomlCommand(action, surroundings, { scripts, backend, buildFile });
  const built = action === 'build' ? context.building() : undefined;
  const { promise: exitCode, resolve } = Promise.withResolvers<number | null>();
  const ended = (code: number | null): void => {
    if (code === 0) built?.();
    resolve(code);
  };
  const task = { action, displayName, command, run, ended, ...(signal && { signal }) };
  await startBentomlTask(task, surroundings);
  return { exitCode };
}

/** Asks which build file, where there are several. Nothing: it cannot be built, which was said, or people do not want to. */
async function chooseBuildFile(
  { bento, interpreter }: LaunchContext,
  displayName: string,
): Promise<{ readonly buildFile: string | undefined } | undefined> {
  const { source, workingDir, buildFiles = [] } = bento;
  if (source === 'file') {
    const refusal = await whyNotBuilt(bento, interpreter.bentomlVersion, nodeFileTree);
    if (refusal === undefined) return { buildFile: undefined };
    const { file, version } = refusal;
    void plainWindow.showErrorMessage(
      version === undefined
        ? vscode.l10n.t(
            '{0}: BentoML uses the build file {1} in this folder, which does not name this service. Add a build file for the service, such as bentofile-service.yaml.',
            displayName,
            file,
          )
        : vscode.l10n.t(
            '{0}: BentoML {1} builds projects only. Add a bentofile.yaml that names the service.',
            displayName,
            version,
          ),
    );
    return undefined;
  }
  if (buildFiles.length < 2) return { buildFile: buildFiles[0] };
  const items = buildFiles.map((buildFile) => ({
    buildFile,
    label: path.relative(workingDir, buildFile),
  }));
  return plainWindow.showQuickPick(items, {
    placeHolder: vscode.l10n.t('{0}: build with which build file?', displayName),
  });
}

/** Asks about a missing uv. BentoML does not need it where a build file says `lock_packages: false`. */
async function canBuild(
  { bento, interpreter }: LaunchContext,
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
