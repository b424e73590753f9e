import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { VsCodeWindow } from '../../test/window/host/window.mts';
import {
  addressOf,
  bentoRow,
  problemCount,
  untilReady,
} from '../../test/window/support/services.mts';
import { look, openFile, widenSideBar, type Scene } from './scene.mts';

const viewport = { width: 1080, height: 600 };
const common = { viewport, environment: 'none' } as const;

/** Class services: the tree with everything ready, and the message with the URL. */
const ready: Scene = {
  name: 'ready',
  options: { ...common, folder: 'samples/search', settings: look },
  play: async (window, python) => {
    await serveSearch(window, python);
    await message(window, 'ready at');
  },
};

/** The same for readers with a light theme. */
const readyLight: Scene = {
  ...ready,
  name: 'ready-light',
  options: {
    ...ready.options,
    settings: { ...look, 'workbench.colorTheme': 'Default Light Modern' },
  },
};

/** A legacy service with runners and gRPC: the output of its HTTP server in its terminal. */
const terminal: Scene = {
  name: 'terminal',
  options: {
    ...common,
    folder: 'samples/shout',
    settings: { ...look, 'serveBento.grpc.enabled': true, 'terminal.integrated.fontSize': 11 },
  },
  play: async (window, python) => {
    bringEnvironment(window, python);
    await openServices(window);
    await window.command('BentoML: Serve Bento');
    await untilReady(window, ['http', 'grpc', 'upper', 'count']);
    await window.tree.clickInlineAction('http', 'Show Terminal');
    // The terminal takes the focus when it is there, which closes a palette.
    await window.until('the terminal', async () => (await window.terminal.text()) !== '');
    // Before the requests: in a small panel, log lines of probes push their output out of sight.
    await window.command('View: Toggle Maximized Panel');
    const address = await addressOf(window, 'http');
    for (const body of ['two words', 'three more words']) {
      const headers = { 'content-type': 'text/plain' };
      await fetch(`http://${address}/shout`, { method: 'POST', headers, body });
    }
    await window.until('the output', async () =>
      (await window.terminal.text()).includes("shouting 'three more words'"),
    );
    await window.command('Notifications: Clear All Notifications');
  },
};

/** A service that cannot be imported: the row and the message say why, and lead to the line. */
const failure: Scene = {
  name: 'failure',
  options: { ...common, folder: 'samples/search', settings: look },
  play: async (window, python) => {
    bringEnvironment(window, python);
    const file = path.join(window.folder, 'service.py');
    const source = readFileSync(file, 'utf8');
    const list = source.slice(source.indexOf('DOCUMENTS'), source.indexOf('Vector'));
    const read = 'DOCUMENTS = open("documents.txt").read().splitlines()\n\n';
    writeFileSync(file, source.replace(list, read));
    await openFile(window, 'service.py');
    await openServices(window);
    await window.command('BentoML: Serve Bento');
    await message(window, 'documents.txt');
  },
};

/** A save that cannot be imported, while the code from before answers. */
const save: Scene = {
  name: 'save',
  options: { ...common, folder: 'samples/search', settings: look },
  play: async (window, python) => {
    await serveSearch(window, python);
    await window.command('Notifications: Clear All Notifications');
    const file = path.join(window.folder, 'service.py');
    const source = readFileSync(file, 'utf8');
    writeFileSync(file, source.replace('predictions"', 'predictions'));
    await window.until('the reason on the row', async () =>
      /service\.py:\d+/.test(await bentoRow(window, 'Search')),
    );
    await window.command('View: Toggle Problems');
    await window.until('the entry', async () => /1/.test(await problemCount(window)));
  },
};

/** The choice of a profile, and what was built in the view of the store. */
const profile: Scene = {
  name: 'profile',
  options: {
    ...common,
    folder: 'samples/search',
    settings: {
      ...look,
      'serveBento.profiles': {
        dev: { http: { apiWorkers: 1 } },
        tls: { http: { port: 8443, tls: { certFile: 'certs/server.pem' } } },
        'load test': { http: { apiWorkers: 4 } },
      },
    },
  },
  play: async (window, python) => {
    await serveSearch(window, python);
    await window.tree.chooseFromMenu('Search', 'Build Bento');
    await window.until(
      'the end of the build',
      async () => (await window.terminal.text()).includes('exit code 0'),
      60_000,
    );
    await window.command('View: Toggle Panel Visibility');
    await window.page.locator('.pane-header', { hasText: 'BentoML Store' }).click();
    await window.until('the size', async () =>
      (await window.tree.rows()).some(({ description }) => / KiB · /.test(description)),
    );
    await window.command('Notifications: Clear All Notifications');
    await window.command('BentoML: Serve Bento with Profile…');
    await window.quickInput.asks('Serve Search with which profile?');
  },
};

export const scenes: readonly Scene[] = [ready, readyLight, terminal, failure, save, profile];

async function serveSearch(window: VsCodeWindow, python: string): Promise<void> {
  bringEnvironment(window, python);
  await openFile(window, 'service.py');
  await openServices(window);
  await window.command('BentoML: Serve Bento');
  await untilReady(window, ['http', 'Embedder', 'Ranker']);
}

/** Where people have it, and found without any setting. */
function bringEnvironment(window: VsCodeWindow, python: string): void {
  symlinkSync(path.dirname(path.dirname(python)), path.join(window.folder, '.venv'));
}

async function openServices(window: VsCodeWindow): Promise<void> {
  await window.activityBar.open('Serve Bento');
  await window.until('a bento', async () => (await window.tree.rows()).length > 0);
  await widenSideBar(window, 370);
}

async function message(window: VsCodeWindow, text: string): Promise<void> {
  await window.until(`a message with "${text}"`, async () =>
    (await window.notifications.messages()).some((shown) => shown.includes(text)),
  );
}
