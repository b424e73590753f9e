// Runs on any Node from 20 on and without dependencies: installs what is missing, then runs the script
// that is named, with the Node of the development dependencies.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [script, ...rest] = process.argv.slice(2);
const windows = process.platform === 'win32';

const run = (file, args, shell = false) => {
  const { status, signal, error } = spawnSync(file, args, { cwd: root, stdio: 'inherit', shell });
  if (error) throw error;
  if (signal) process.kill(process.pid, signal);
  return status ?? 1;
};

const installed = path.join(root, 'node_modules/.package-lock.json');
const lock = path.join(root, 'package-lock.json');
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  // npm is a script on Windows, which only a shell runs; the arguments are ours.
  const code = run('npm', ['ci', '--no-audit', '--no-fund'], windows);
  if (code !== 0) process.exit(code);
}
const node = path.join(root, 'node_modules/node/bin', windows ? 'node.exe' : 'node');
process.env.PATH = [path.dirname(node), process.env.PATH].join(path.delimiter);
process.exit(run(node, [path.join(root, script), ...rest]));
