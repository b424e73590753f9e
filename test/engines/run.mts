// npm run test:compose [-- ARGUMENTS OF VITEST]: tests with a temporary Docker engine and Docker Compose.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../scripts/cache.mts';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { runProgram } from '../../scripts/run-program.mts';
import { daemon, inNamespaces } from './programs.mts';

/** Networks, firewall rules, mounts and processes of the engine end with these. */
const namespaces = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];

const reason = await whyNot();
if (reason === undefined) {
  process.exitCode = await run(process.argv.slice(2));
} else {
  console.log(`The Compose tests were not run: ${reason}.`);
}

/** Why no engine can run on this machine. What is missing and can be installed is installed. */
async function whyNot(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'they need Linux';
  if (process.getuid?.() !== 0) return 'a Docker engine of their own needs root';
  if (!existsSync(daemon) && !(await installEngine())) {
    return `there is no ${daemon}, and apt-get could not install docker.io`;
  }
  const { code, stderr } = await runProgram('unshare', [...namespaces, 'true']);
  return code === 0 ? undefined : `no namespaces can be made (${stderr.trim()})`;
}

async function installEngine(): Promise<boolean> {
  // Installing a package must not start a daemon of the machine.
  const policy = 'RUNLEVEL=1 apt-get install --yes --no-install-recommends docker.io iptables';
  await runProgram('sh', ['-c', `apt-get update && DEBIAN_FRONTEND=noninteractive ${policy}`]);
  return existsSync(daemon);
}

async function run(args: readonly string[]): Promise<number> {
  await ensureEnvironments(['bentoml-1.4', 'bentoml-1.1']);
  const { engines: python } = await ensureEnvironments(['engines']);
  const vitest = path.join(projectRoot, 'node_modules/vitest/vitest.mjs');
  const own = ['run', '--project', 'engines', ...args];
  // The first process of a namespace has to collect the ended ones, which a shell does.
  const script = `"$0" -c 'import fcntl, socket, struct
interface = struct.pack("16sH", b"lo", 1)
fcntl.ioctl(socket.socket(), 0x8914, interface)' && shift && "$@"; exit $?`;
  const child = spawn(
    'unshare',
    [...namespaces, 'sh', '-c', script, python, '--', process.execPath, vitest, ...own],
    { cwd: projectRoot, stdio: 'inherit', env: { ...process.env, [inNamespaces]: '1' } },
  );
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
