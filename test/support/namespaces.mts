import { spawn } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '../../scripts/cache.mts';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { runProgram } from '../../scripts/run-program.mts';

/** Networks, firewall rules, mounts and processes of the tests end with these. */
const namespaces = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];

/** Set in the namespaces: outside of them the tests would change the machine's network and mounts. */
const inNamespaces = 'SERVE_BENTO_ENGINE_NAMESPACES';

/** Returns why this machine cannot give tests namespaces of their own; undefined if it can. */
export async function whyNoNamespaces(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'they need Linux';
  if (process.getuid?.() !== 0) return 'they need root for namespaces of their own';
  const { code, stderr } = await runProgram('unshare', [...namespaces, 'true']);
  return code === 0 ? undefined : `no namespaces can be made (${stderr.trim()})`;
}

/** Runs a project of Vitest in namespaces of its own, whose network has only loopback. */
export async function vitestInNamespaces(
  project: string,
  args: readonly string[],
): Promise<number> {
  const vitest = path.join(projectRoot, 'node_modules/vitest/vitest.mjs');
  return nodeInNamespaces([vitest, 'run', '--project', project, ...args]);
}

/** Runs a script of Node in namespaces of its own, whose network has only loopback. Resolves to its exit code. */
export async function nodeInNamespaces(args: readonly string[]): Promise<number> {
  const { engines: python } = await ensureEnvironments(['engines']);
  // The first process of a namespace has to collect the ended ones, which a shell does.
  const script = `"$0" -c 'import fcntl, socket, struct
interface = struct.pack("16sH", b"lo", 1)
fcntl.ioctl(socket.socket(), 0x8914, interface)' && shift && "$@"; exit $?`;
  const child = spawn(
    'unshare',
    [...namespaces, 'sh', '-c', script, python, '--', process.execPath, ...args],
    { cwd: projectRoot, stdio: 'inherit', env: { ...process.env, [inNamespaces]: '1' } },
  );
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

export function assertInNamespaces(command: string): void {
  if (process.env[inNamespaces] === undefined) throw new Error(`Run these tests with ${command}.`);
}
