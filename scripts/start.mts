// npm start: a real VS Code with this extension, on a sample bento. With --once: one request, a screenshot, the end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { projectRoot } from './cache.mts';
import { downloadDesktop, hasDisplay } from './desktop-vscode.mts';
import { ensureEnvironments } from './environments.mts';
import { startDesktop } from './start/desktop.mts';
import { startHeadless } from './start/headless.mts';

const isOnce = process.argv.includes('--once');

console.log('Making the Python environment and the package …');
const { 'bentoml-1.4': python } = await ensureEnvironments(['bentoml-1.4']);
await packageExtension();
const options = { vsix: path.join(projectRoot, 'out/serve-bento.vsix'), python };

if (!isOnce && (await canUseDesktop())) await startDesktop(options);
else await startHeadless(options, { once: isOnce });

/** Without a display, or a network to download it with, the window runs headless. */
async function canUseDesktop(): Promise<boolean> {
  if (!hasDisplay()) return false;
  try {
    await downloadDesktop();
    return true;
  } catch (error) {
    // The headless one runs on Linux only: elsewhere this is the end.
    if (process.platform !== 'linux') throw error;
    console.log(error instanceof Error ? error.message : String(error));
    return false;
  }
}

async function packageExtension(): Promise<void> {
  const npm = spawn('npm', ['run', '--silent', 'package'], {
    cwd: projectRoot,
    stdio: 'inherit',
    // npm is a command file on Windows.
    shell: process.platform === 'win32',
  });
  const [code] = (await once(npm, 'exit')) as [number | null];
  if (code !== 0) throw new Error('The extension could not be packaged: see above.');
}
