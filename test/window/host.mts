// Usage: node test/window/host.mts: fetches the VS Code of the window tests, where it runs, and prints what it is.
import { output } from '../../scripts/run-program.mts';
import { ensureHost } from './host/setup.mts';

if (process.platform === 'linux') {
  const { release, vscode, node, chromium } = await ensureHost();
  console.log(`VS Code\t${release.vscode}\t${vscode}`);
  console.log(`its Node\t${await output(node, ['--version'])}\t${node}`);
  const env = { ...process.env, ...chromium.env };
  const browser = await output(chromium.executable, ['--version', '--no-sandbox'], { env });
  console.log(`browser\t${browser}\t${chromium.executable}`);
}
