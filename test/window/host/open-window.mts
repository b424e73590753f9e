import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { openContext, openPage, type Viewport } from './browser.mts';
import { endWithProcess } from './end-with-process.mts';
import { endMarkedProcesses, markEnvironment } from './processes.mts';
import { copyInstalled } from './installed-extensions.mts';
import { startServer, writeUserSettings, type Server } from './server.mts';
import { quietSettings } from './settings.mts';
import type { Host } from './setup.mts';
import { globalStorage, VsCodeWindow } from './window.mts';
import { windowUrl } from './window-url.mts';

export interface WindowOptions {
  /** Copied to a temporary folder, which the window opens; a `.code-workspace` in it may be named. */
  readonly folder?: string;
  readonly vsix?: readonly string[];
  /** Folders for the extension's global storage, by their place in it. */
  readonly storage?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly workspaceTrust?: boolean;
  readonly viewport?: Viewport;
  /** The compiled entry of a suite to run in the extension host. */
  readonly suite?: string;
  /** How long extension hosts outlive a lost connection; 5 by default, VS Code's own is 3 hours. */
  readonly reconnectionGraceSeconds?: number;
}

/** Opens a window with a server, user data and extensions of its own; `out` takes pictures and logs. */
export async function openWindow(
  host: Host,
  out: string,
  options: WindowOptions = {},
): Promise<VsCodeWindow> {
  const work = mkdtempSync(path.join(os.tmpdir(), 'serve-bento-window-'));
  const dataFolder = path.join(work, 'data');
  const mark = randomUUID();
  mkdirSync(out, { recursive: true });
  const guard = endWithProcess(mark, work);
  let closeContext: (() => Promise<void>) | undefined;
  try {
    const folder = copyFolder(options.folder, work);
    const trust = options.workspaceTrust ?? false;
    await writeUserSettings(dataFolder, {
      ...quietSettings,
      'security.workspace.trust.enabled': trust,
      ...options.settings,
    });
    for (const [place, source] of Object.entries(options.storage ?? {})) {
      cpSync(source, path.join(globalStorage(dataFolder), place), { recursive: true });
    }
    const env = { ...process.env, ...options.env, ...markEnvironment(mark) };
    await copyInstalled(host, options.vsix ?? [], dataFolder);
    const server = await startServer({
      host,
      dataFolder,
      env,
      log: path.join(out, 'server.log'),
      workspaceTrust: trust,
      smokeTestDriver: options.suite !== undefined,
      reconnectionGraceSeconds: options.reconnectionGraceSeconds ?? 5,
    });
    const viewport = options.viewport ?? { width: 1280, height: 800 };
    const { context, close } = await openContext(host.chromium, viewport);
    closeContext = close;
    const page = await openPage(context, out);
    const suite = await listenForSuite(page, server);
    const { authority } = server;
    const url = windowUrl({ authority, folder, suite: options.suite });
    await page.goto(url);
    const parts = { page, closeContext, folder: folder ?? '', url, out, suiteEnded: suite.ended };
    return new VsCodeWindow({ ...parts, mark, work, dataFolder, guard });
  } catch (error) {
    await closeContext?.();
    await endMarkedProcesses(mark);
    rmSync(work, { recursive: true, force: true });
    guard[Symbol.dispose]();
    throw error;
  }
}

/** The page reports a suite's end by calling functions that it expects a test driver to have. */
async function listenForSuite(page: Page, server: Server): Promise<{ ended: Promise<number> }> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  promise.catch(() => undefined);
  await page.exposeFunction('codeAutomationLog', () => undefined);
  await page.exposeFunction('codeAutomationExit', resolve);
  page.on('crash', () => {
    reject(new Error('the page crashed'));
  });
  void server.ended.then((reason) => {
    reject(new Error(reason));
  });
  return { ended: promise };
}

function copyFolder(source: string | undefined, work: string): string | undefined {
  if (source === undefined) return undefined;
  const isWorkspaceFile = source.endsWith('.code-workspace');
  const from = isWorkspaceFile ? path.dirname(source) : source;
  const to = path.join(work, path.basename(from));
  cpSync(from, to, { recursive: true });
  return isWorkspaceFile ? path.join(to, path.basename(source)) : to;
}
