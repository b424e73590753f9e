import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { Chromium } from './chromium.mts';

export interface Viewport {
  readonly width: number;
  readonly height: number;
}

export async function launchBrowser({ executable, env }: Chromium): Promise<Browser> {
  return chromium.launch({
    executablePath: executable,
    headless: true,
    env: { ...process.env, ...env },
    // Signals are the runner's: it ends the browser after the window.
    handleSIGINT: false,
    handleSIGTERM: false,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
}

/** A page that reaches this machine only, and whose console goes to `page.log`. */
export async function openPage(browser: Browser, viewport: Viewport, out: string): Promise<Page> {
  const context = await browser.newContext({
    viewport,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const isElsewhere = ({ hostname }: URL) => hostname !== '127.0.0.1' && hostname !== 'localhost';
  await context.route(isElsewhere, (route) => route.abort());
  const page = await context.newPage();
  const log = createWriteStream(path.join(out, 'page.log'));
  page.on('console', (message) => log.write(`[${message.type()}] ${message.text()}\n`));
  page.on('pageerror', (error) => log.write(`[error] ${error.stack ?? error.message}\n`));
  page.on('close', () => log.end());
  return page;
}
