import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { endMarkedProcesses, markedProcesses, type MarkedProcess } from './processes.mts';
import { VsCodePage } from './vscode-page.mts';

export interface WindowParts {
  readonly page: Page;
  readonly closeContext: () => Promise<void>;
  readonly folder: string;
  readonly url: string;
  readonly out: string;
  readonly suiteEnded: Promise<number>;
  readonly mark: string;
  readonly work: string;
  readonly dataFolder: string;
  /** Ends what is left when this process exits before `close`. */
  readonly guard: Disposable;
}

/** The folder of our extension's global storage. */
export const globalStorage = (dataFolder: string): string =>
  path.join(dataFolder, 'data/User/globalStorage/serve-bento.serve-bento');

/** A real VS Code window, driven through its page. */
export class VsCodeWindow extends VsCodePage {
  /** Where the window's copy of the folder is. */
  readonly folder: string;
  readonly url: string;
  readonly out: string;
  /** Resolves with the suite's exit code; rejects when the server ends before. */
  readonly suiteEnded: Promise<number>;
  readonly #parts: WindowParts;

  constructor(parts: WindowParts) {
    super(parts.page);
    this.#parts = parts;
    this.folder = parts.folder;
    this.url = parts.url;
    this.out = parts.out;
    this.suiteEnded = parts.suiteEnded;
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** Keeps a picture of the window, and gives back its file. */
  async screenshot(name: string): Promise<string> {
    const file = path.join(this.out, `${name}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }

  /** The server and all that it and its extension hosts started, re-parented orphans too. */
  processes(): readonly MarkedProcess[] {
    return markedProcesses(this.#parts.mark);
  }

  /** As a crash would: nothing in it gets to run any more. */
  killExtensionHost(): number {
    const host = this.processes().find(({ role }) => role === 'extensionHost');
    if (host === undefined) throw new Error('The window has no extension host.');
    process.kill(host.pid, 'SIGKILL');
    return host.pid;
  }

  /** Where our extension keeps what is for all windows. */
  globalStorage(): string {
    return globalStorage(this.#parts.dataFolder);
  }

  /** The newest log of the extension host. */
  extensionHostLog(): string {
    return this.#newestLog('remoteexthost.log');
  }

  /** What our own output channel says. */
  extensionLog(): string {
    return this.#newestLog('Serve Bento.log');
  }

  /** Closes the window; the server and the extension host's processes go on to their own end. */
  async closePage(): Promise<void> {
    await this.page.close();
  }

  /** Ends everything, and gives back the processes that had to be forced. */
  async close(): Promise<readonly MarkedProcess[]> {
    const { closeContext, mark, dataFolder, work, out, guard } = this.#parts;
    await closeContext();
    const forced = await endMarkedProcesses(mark);
    const logs = path.join(dataFolder, 'data/logs');
    if (existsSync(logs)) cpSync(logs, path.join(out, 'logs'), { recursive: true });
    rmSync(work, { recursive: true, force: true });
    guard[Symbol.dispose]();
    return forced;
  }

  #newestLog(name: string): string {
    const logs = path.join(this.#parts.dataFolder, 'data/logs');
    const files = existsSync(logs) ? readdirSync(logs, { recursive: true, encoding: 'utf8' }) : [];
    const newest = files
      .filter((file) => file.endsWith(name))
      .sort()
      .at(-1);
    return newest === undefined ? '' : readFileSync(path.join(logs, newest), 'utf8');
  }
}
