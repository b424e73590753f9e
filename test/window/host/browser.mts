import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import type { Chromium } from './chromium.mts';

export interface Viewport {
  readonly width: number;
  readonly height: number;
}

/** The browser of all windows of this process, with the number of windows it has. */
let shared: { readonly browser: Promise<Browser>; windows: number } | undefined;

/** A context of its own, with nothing of another window's, in the browser of all; `close` of it ends both in time. */
export async function openContext(
  executable: Chromium,
  viewport: Viewport,
): Promise<{ readonly context: BrowserContext; readonly close: () => Promise<void> }> {
  const own = (shared ??= { browser: launchBrowser(executable), windows: 0 });
  own.windows += 1;
  const release = async (): Promise<void> => {
    own.windows -= 1;
    if (own.windows > 0) return;
    if (shared === own) shared = undefined;
    await (await own.browser).close();
  };
  try {
    const browser = await own.browser;
    // One that has crashed is of no use to the next window.
    browser.once('disconnected', () => {
      if (shared === own) shared = undefined;
    });
    const context = await browser.newContext({
      viewport,
      // Nothing is painted again and again while a row or the progress bar turns.
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const close = async (): Promise<void> => {
      await context.close().catch(() => undefined);
      await release().catch(() => undefined);
    };
    return { context, close };
  } catch (error) {
    await release().catch(() => undefined);
    throw error;
  }
}

function launchBrowser({ executable, env }: Chromium): Promise<Browser> {
  return chromium.launch({
    executablePath: executable,
    headless: true,
    env: { ...process.env, ...env },
    // Signals are the runner's: it ends the browser after the windows.
    handleSIGINT: false,
    handleSIGTERM: false,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
}

/** A page that reaches this machine only, and whose console goes to `page.log`. */
export async function openPage(context: BrowserContext, out: string): Promise<Page> {
  const isElsewhere = ({ hostname }: URL) => hostname !== '127.0.0.1' && hostname !== 'localhost';
  await context.route(isElsewhere, (route) => route.abort());
  const page = await context.newPage();
  const log = createWriteStream(path.join(out, 'page.log'));
  page.on('console', (message) => log.write(`[${message.type()}] ${message.text()}\n`));
  page.on('pageerror', (error) => log.write(`[error] ${error.stack ?? error.message}\n`));
  page.on('close', () => log.end());
  return page;
}
