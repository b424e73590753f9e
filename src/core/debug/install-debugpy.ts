import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { lastOutput } from '../diagnosis/sudden-end';
import { problemTexts, say, type Message } from '../messages/message';
import { cancelled, problemOf, ServeError } from '../problem';
import { exitMessage } from '../programs/exit-status';
import type { Run } from '../programs/run';
import { debugpyPins } from './debugpy-pins';
import { versionIn, type MissingDebugpy } from './debugpy-source';

export interface InstallDebugpyContext {
  readonly run: Run;
  readonly env: Readonly<Record<string, string>>;
  /** A folder with nothing of the workspace in it: the extension's own. */
  readonly cwd: string;
  readonly signal: AbortSignal;
}

const limitMs = 300_000;
const maxBytes = 1024 * 1024;
/** People's own settings of pip may say that it installs only into environments, or into their home. */
const overridden = { PIP_REQUIRE_VIRTUALENV: '0', PIP_USER: '0' };

/**
 * Installs debugpy into our own folder. Nothing of the environment changes.
 * @returns the folder that the package is in
 * @throws ServeError `debugger` why it cannot be installed, `cancelled`
 */
export async function installDebugpy(
  missing: MissingDebugpy,
  context: InstallDebugpyContext,
): Promise<string> {
  const { folder, requirement, staging } = missing;
  try {
    await mkdir(path.dirname(folder), { recursive: true });
    await writeFile(staging.pins, debugpyPins);
    await runInstaller(missing, context);
    await moveIntoPlace(staging.folder, folder);
    return folder;
  } catch (error) {
    if (error instanceof ServeError) throw error;
    const { message: reason, detail } = problemOf(error);
    throw failure(say('debugpyNotInstalled', { requirement, reason }), detail);
  } finally {
    await rm(staging.folder, { recursive: true, force: true });
    await rm(staging.pins, { force: true });
  }
}

/** Moves the installation into place. If another window has installed the same version meanwhile, that one is used. */
async function moveIntoPlace(from: string, folder: string): Promise<void> {
  const version = await versionIn(from);
  const replaced = `${from}.replaced`;
  for (let tries = 0; ; tries++) {
    if (version !== undefined && (await versionIn(folder)) === version) return;
    try {
      // The present one is incomplete. Move it before deleting it: another window may install meanwhile.
      await rename(folder, replaced).catch(ignoreMissing);
      await rm(replaced, { recursive: true, force: true });
      await rename(from, folder);
      return;
    } catch (error) {
      if (tries === 2 || !isOccupied(error)) throw error;
    }
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

const isOccupied = (error: unknown): boolean => ['ENOTEMPTY', 'EEXIST'].includes(codeOf(error));

function ignoreMissing(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error;
}

async function runInstaller(
  { command, python, requirement }: MissingDebugpy,
  { run, env, cwd, signal }: InstallDebugpyContext,
): Promise<void> {
  if (command === undefined) throw failure(say('debugpyNoInstaller', { requirement, python }));
  const result = await run(command.file, command.args, {
    ...{ cwd, env: { ...env, ...overridden }, timeoutMs: limitMs, maxBytes, signal },
  });
  if (result.cancelled) throw cancelled();
  if (!result.failed) return;
  const said = lastOutput(result.stderr) ?? lastOutput(result.stdout);
  const reason = result.timedOut
    ? say('notWithinSeconds', { seconds: limitMs / 1000 })
    : (said ?? result.startError ?? exitMessage({ code: result.exitCode, signal: result.signal }));
  const detail = `${result.stdout}\n${result.stderr}`.trim();
  throw failure(say('debugpyNotInstalled', { requirement, reason }), detail);
}

const failure = (message: Message, detail?: string): ServeError =>
  new ServeError({
    ...{ code: 'debugger', ...problemTexts(message) },
    ...(detail !== undefined && { detail }),
  });
