// Runs on any Node from 20 on and without dependencies: installs what is missing, then runs the script
// that is named, with the Node of the development dependencies.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [script, ...rest] = process.argv.slice(2);
const windows = process.platform === 'win32';

const fail = (message) => {
  console.error(message);
  process.exit(1);
};

const run = (file, args, shell = false) => {
  const { status, signal, error } = spawnSync(file, args, { cwd: root, stdio: 'inherit', shell });
  if (error) fail(`${file} could not be started (${error.message}).`);
  if (signal) process.kill(process.pid, signal);
  return status ?? 1;
};

const packagesOf = (lockFile) => {
  const file = path.join(root, lockFile);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
};

/** By versions, not by times: `git checkout` gives the lock file a new time with the same content. */
const isInstalled = () => {
  const installed = packagesOf('node_modules/.package-lock.json');
  if (!installed) return false;
  return Object.entries(packagesOf('package-lock.json')).every(
    ([place, { version, optional, devOptional }]) =>
      place === '' ||
      installed[place]?.version === version ||
      // One for another system is not installed at all.
      (!installed[place] && (optional || devOptional)),
  );
};

if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(`Node ${process.versions.node} is too old: install Node 20 or newer.`);
}
if (!isInstalled()) {
  // npm is a script on Windows, which only a shell runs; the arguments are ours.
  const code = run('npm', ['ci', '--no-audit', '--no-fund'], windows);
  if (code !== 0) fail('The development dependencies could not be installed: see above.');
}
const node = path.join(root, 'node_modules/node/bin', windows ? 'node.exe' : 'node');
if (!existsSync(node)) {
  fail(
    'Node 24 is missing from the development dependencies, probably because npm skips install scripts: run "npm rebuild node --ignore-scripts=false".',
  );
}
const bins = [path.dirname(node), path.join(root, 'node_modules/.bin'), process.env.PATH];
process.env.PATH = bins.join(path.delimiter);
process.exit(run(node, [path.join(root, script), ...rest]));
