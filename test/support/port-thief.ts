import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Waits until somebody listens on the port, takes it the moment it is let go, and answers 200 to everything. */
const source = `
import socket, sys, time
port = int(sys.argv[1])
def held():
    probe = socket.socket()
    try:
        probe.connect(("127.0.0.1", port))
        return True
    except OSError:
        return False
    finally:
        probe.close()
while not held():
    time.sleep(0.005)
while True:
    own = socket.socket()
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        own.bind(("127.0.0.1", port))
        own.listen(64)
        break
    except OSError:
        own.close()
print("taken", flush=True)
while True:
    client, _ = own.accept()
    try:
        client.recv(4096)
        client.sendall(b"HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\nconnection: close\\r\\n\\r\\nhi")
    except OSError:
        pass
    client.close()
`;

/** A program that steals a port between our release of it and the bind of the server. */
export class PortThief {
  readonly #child: ChildProcess;
  /** Resolves when it has the port. */
  readonly taken: Promise<void>;

  constructor(port: number) {
    const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
      encoding: 'utf8',
    }).trim();
    this.#child = spawn(python, ['-c', source, String(port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      // Nothing that could make it look like something of ours.
      env: {},
    });
    const { stdout } = this.#child;
    this.taken =
      stdout === null
        ? Promise.reject(new Error('no pipe'))
        : once(stdout, 'data').then(() => undefined);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
