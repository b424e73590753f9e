import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { ExitStatus } from '../programs/exit-status';
import type { AttachSpec, ProcessHost } from '../target/local/helper/process-host';

export interface DebugAdapterParts {
  readonly host: ProcessHost;
  /** The interpreter of the worker. */
  readonly python: string;
  /** The folder with our Python files. */
  readonly scripts: string;
  /** The folder that the package debugpy is in. */
  readonly debugpy: string;
  readonly env: Readonly<Record<string, string>>;
  /** Unique among the adapters of the bento. */
  readonly name: string;
  /** The Unix socket that the editor connects to, in a folder that only this user can open. */
  readonly socket: string;
}

/**
 * debugpy's adapter for one worker. The editor connects to its socket; the worker to a port of this machine, where both
 * have to show a token. Both may connect as soon as it is started: the sockets are bound before.
 */
export class DebugAdapter {
  readonly socket: string;
  /** Settles when no process of it is left: it ends by itself after its worker. Never rejects. */
  readonly ended: Promise<ExitStatus>;
  readonly #host: ProcessHost;
  readonly #group: string;
  readonly #worker: Pick<AttachSpec, 'adapter' | 'debugpy' | 'port' | 'token'>;

  private constructor(
    { host, name, socket, debugpy }: DebugAdapterParts,
    exited: Promise<ExitStatus>,
    port: number,
    token: string,
  ) {
    this.#host = host;
    this.#group = name;
    this.socket = socket;
    this.#worker = { adapter: name, debugpy, port, token };
    this.ended = exited.then(async (status) => {
      // Nobody answers there any more. A host that is gone has let go of it.
      await host.release(editorLease(name)).catch(() => undefined);
      return status;
    });
  }

  /** @throws ServeError when it cannot be started, HelperRefusal when the host is gone. */
  static async start(parts: DebugAdapterParts): Promise<DebugAdapter> {
    const { host, python, scripts, debugpy, env, name, socket } = parts;
    const token = randomBytes(32).toString('hex');
    const leases = [editorLease(name), workerLease(name)];
    try {
      const editor = await host.bind({ lease: editorLease(name), path: socket });
      const worker = await host.bind({ lease: workerLease(name), host: '127.0.0.1', port: 0 });
      const fds = [editor.fd, worker.fd];
      // Without `-B`, Python would write bytecode into our folder, whose files are verified, and into debugpy's.
      const script = path.join(scripts, 'debug_adapter.py');
      const { exited } = await host.spawn({
        ...{ process: name, group: name, cwd: path.dirname(socket), fds, deathSignal: 'SIGKILL' },
        argv: [python, '-I', '-B', script, debugpy, ...fds.map(String)],
        env: { ...env, SERVE_BENTO_DEBUG_TOKEN: token },
      });
      // It has the socket now. Were it held here, too, a worker would wait for an adapter that has died.
      await host.release(workerLease(name));
      return new DebugAdapter(parts, exited, worker.port, token);
    } catch (error) {
      await Promise.allSettled(leases.map((lease) => host.release(lease)));
      throw error;
    }
  }

  /** What the worker attaches to. */
  spec(options: Pick<AttachSpec, 'subProcess' | 'wait'>): AttachSpec {
    return { ...this.#worker, ...options };
  }

  /** Ends the adapter: the worker continues without the debugger. */
  async end(): Promise<void> {
    // A host that is gone has ended it.
    await this.#host.kill(this.#group).catch(() => undefined);
    await this.ended;
  }
}

const editorLease = (name: string): string => `${name} editor`;
const workerLease = (name: string): string => `${name} worker`;
