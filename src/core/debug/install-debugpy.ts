import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { lastOutput } from '../diagnosis/sudden-end';
import { problemTexts, say, type Message } from '../messages/message';
import { cancelled, problemOf, ServeError } from '../problem';
import { exitMessage } from '../programs/exit-status';
import type { Run } from '../programs/run';
import { debugpyPins } from './debugpy-pins';
import { installation, type MissingDebugpy } from './debugpy-source';

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
  const { folder, requirement } = missing;
  const part = installation(folder);
  try {
    await mkdir(path.dirname(folder), { recursive: true });
    await writeFile(part.pins, debugpyPins);
    await runInstaller(missing, context);
    await rm(folder, { recursive: true, force: true });
    await rename(part.folder, folder);
    return folder;
  } catch (error) {
    if (error instanceof ServeError) throw error;
    const { message: reason, detail } = problemOf(error);
    throw failure(say('debugpyNotInstalled', { requirement, reason }), detail);
  } finally {
    await rm(part.folder, { recursive: true, force: true });
    await rm(part.pins, { force: true });
  }
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
