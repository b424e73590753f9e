import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { openWindow } from '../../test/window/host/open-window.mts';
import { ensureHost } from '../../test/window/host/setup.mts';
import type { VsCodeWindow } from '../../test/window/host/window.mts';
import { projectRoot } from '../cache.mts';
import { enterTestEnvironment } from '../test-environment.mts';
import { askSample, sample, type StartOptions } from './sample.mts';

/** Serves the sample in a VS Code without a desktop, as a person would, until Ctrl+C; or once. */
export async function startHeadless(
  { vsix, python }: StartOptions,
  { once }: { readonly once: boolean },
): Promise<void> {
  const host = await ensureHost();
  enterTestEnvironment();
  const stop = interrupted();
  const out = path.join(projectRoot, 'out/start');
  rmSync(out, { recursive: true, force: true });
  const bentomlHome = path.join(out, 'bentoml-home');
  mkdirSync(bentomlHome, { recursive: true });
  const window = await openWindow(host, out, {
    folder: sample.folder,
    vsix: [vsix],
    settings: { 'serveBento.pythonPath': python },
    env: { BENTOML_HOME: bentomlHome, BENTOML_DO_NOT_TRACK: 'True' },
  });
  try {
    await Promise.race([serveSample(window, once), stop]);
    if (!once) await stop;
  } catch (error) {
    console.error(`Screenshot: ${await window.screenshot('failed')}`);
    throw error;
  } finally {
    await window.close();
    rmSync(bentomlHome, { recursive: true, force: true });
  }
}

async function serveSample(window: VsCodeWindow, once: boolean): Promise<void> {
  await window.ready();
  await window.activityBar.open('Serve Bento');
  await window.command('BentoML: Serve Bento');
  const url = await servedUrl(window);
  console.log(`The window:  ${window.url}`);
  console.log(`The service: ${url}`);
  if (once) {
    console.log(`POST ${sample.path} ${JSON.stringify(sample.request)}`);
    console.log(await askSample(url));
    await window.until('the rows say that it is ready', () => isShownReady(window));
    console.log(`Screenshot:  ${await window.screenshot('window')}`);
  } else {
    console.log('Ctrl+C ends both.');
  }
}

/** The URL that the window shows, as soon as the service behind it is ready. */
async function servedUrl(window: VsCodeWindow): Promise<string> {
  return window.until(
    'the window shows the URL of a service that is ready',
    async () => {
      const url = (await shownTexts(window))
        .map((text) => /https?:\/\/[\w.:[\]-]+\d/.exec(text)?.[0])
        .find((found) => found !== undefined);
      if (url === undefined) return '';
      const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) });
      return response.ok ? url : '';
    },
    120_000,
  );
}

async function isShownReady(window: VsCodeWindow): Promise<boolean> {
  const states = (await window.tree.rows()).map(({ description }) => description);
  return (
    states.some((state) => state.includes('ready')) &&
    !states.some((state) => state.includes('starting'))
  );
}

async function shownTexts(window: VsCodeWindow): Promise<readonly string[]> {
  const rows = await window.tree.rows();
  const inRows = rows.flatMap(({ label, description, aria }) => [label, description, aria]);
  return [...(await window.notifications.messages()), ...inRows];
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
}
