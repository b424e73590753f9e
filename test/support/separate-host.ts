import { build } from 'esbuild';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { HostMessage, HostTask } from './host.ts';
import { until } from './until.ts';

/** Makes one file of `host.ts` and all it needs, which Node runs. */
export async function bundleHost(folder: string): Promise<string> {
  const outfile = path.join(folder, 'host.cjs');
  await build({
    entryPoints: ['test/support/host.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
  });
  return outfile;
}

/** The core in a process of its own, as in an extension host, that can be killed. */
export class SeparateHost {
  readonly #child: ChildProcess;
  readonly #said: HostMessage[] = [];

  constructor(bundle: string, task: HostTask) {
    this.#child = spawn(process.execPath, [bundle, JSON.stringify(task)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (this.#child.stdout === null) throw new Error('no pipe');
    createInterface(this.#child.stdout).on('line', (line) =>
      this.#said.push(JSON.parse(line) as HostMessage),
    );
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async hears<S extends HostMessage['said']>(
    said: S,
    limitMs = 60_000,
  ): Promise<Extract<HostMessage, { said: S }>> {
    const found = await until(
      `"${said}" of the host`,
      () => this.#said.find((one) => one.said === said || one.said === 'failed'),
      limitMs,
    );
    if (found.said !== said) throw new Error(JSON.stringify(found));
    return found as Extract<HostMessage, { said: S }>;
  }

  /** Begins to stop what it serves. */
  stop(): void {
    this.#child.stdin?.write('stop\n');
  }

  /** Begins to end everything, as a window does that closes. */
  end(): void {
    this.#child.stdin?.write('end\n');
  }

  /** Resolves when it is gone: until then it would be taken for a living host. */
  async kill(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exit;
  }
}
