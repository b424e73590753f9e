// npm run screenshots [NAME]...: takes the pictures of README.md and docs from the packaged extension.
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { windowOptions, type CaseContext } from '../test/window/case-options.mts';
import { openWindow } from '../test/window/host/open-window.mts';
import { ensureHost } from '../test/window/host/setup.mts';
import { projectRoot } from './cache.mts';
import { ensureEnvironments } from './environments.mts';
import { picturesFolder, type Scene } from './screenshots/scene.mts';
import { scenes } from './screenshots/scenes.mts';
import { enterTestEnvironment } from './test-environment.mts';

const limit = 200_000;
const vsix = path.join(projectRoot, 'out/serve-bento.vsix');
if (!existsSync(vsix)) {
  throw new Error('There is no out/serve-bento.vsix to show: run "npm run package" first.');
}
const names = process.argv.slice(2);
const wanted = scenes.filter(({ name }) => names.length === 0 || names.includes(name));
if (wanted.length === 0) throw new Error(`No picture is named ${names.join(' or ')}.`);

const [environments, host] = await Promise.all([ensureEnvironments(), ensureHost()]);
enterTestEnvironment();
mkdirSync(picturesFolder, { recursive: true });
for (const scene of wanted) await take(scene);

async function take({ name, options, play }: Scene): Promise<void> {
  const out = path.join(projectRoot, 'out/screenshots', name);
  rmSync(out, { recursive: true, force: true });
  const bentomlHome = path.join(out, 'bentoml-home');
  mkdirSync(bentomlHome, { recursive: true });
  const context: CaseContext = { environments, vsix, bentomlHome };
  const window = await openWindow(host, out, await windowOptions(options, context));
  try {
    await window.ready();
    await play(window, environments['bentoml-1.4']);
    // Animations end, and no row looks as if the pointer were on it.
    await window.page.mouse.move(760, 330);
    await sleep(1000);
    const file = path.join(picturesFolder, `${name}.png`);
    await window.page.screenshot({ path: file });
    const { size } = statSync(file);
    console.log(`${path.relative(projectRoot, file)}: ${Math.round(size / 1000)} kB`);
    if (size > limit) throw new Error(`${file} is larger than ${limit / 1000} kB.`);
  } catch (error) {
    console.error(`See ${await window.screenshot('failed')}`);
    throw error;
  } finally {
    await window.close();
  }
}
