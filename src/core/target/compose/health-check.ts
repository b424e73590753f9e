import { quoted } from '../../export/shell';
import type { ContainerSource, Workload } from '../containers/container-plan';

/** The readiness check of the entry service waits up to 5 seconds for each dependency. */
const seconds = 6;
/** The time between two checks. */
const period = 2;
const connect = `import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), ${seconds})`;
const tls = `
import ssl
s = ssl._create_unverified_context().wrap_socket(s)`;
/** Accepts redirects as healthy, as Kubernetes does. */
const get = `
s.sendall(b"GET %s HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n" % sys.argv[2].encode())
sys.exit(not 200 <= int(s.makefile("rb").readline()[9:12] or 0) < 400)`;
/** Skips packages: the check runs every few seconds, and Python starts much faster without them. */
const options = ['-I', '-S', '-c'];
/** Finds the Python of BentoML's images, which is in a virtual environment that only their entry point activates. */
const inImage = 'PATH="/app/.venv/bin:$PATH" exec python';

export interface ComposeHealthCheck {
  readonly test: readonly string[];
  readonly interval: string;
  readonly timeout: string;
  readonly retries: number;
  readonly start_period: string;
}

/** Returns a health check that sends BentoML's probe with the container's Python: images have no curl. */
export function healthCheck(
  { probe, port, command, debug }: Workload,
  { kind }: ContainerSource,
  startSeconds: number,
): ComposeHealthCheck {
  const [script, ...path] =
    probe.kind === 'http'
      ? [connect + (probe.scheme === 'https' ? tls : '') + get, probe.ready]
      : [connect];
  const python = kind === 'image' ? inImage : `exec ${quoted(command[0] ?? 'python')}`;
  const args = [...options, script, String(port), ...path];
  return {
    // For a shell, because Podman splits the arguments of other commands at spaces.
    test: ['CMD-SHELL', [python, ...args.map(quoted)].join(' ')],
    interval: `${period}s`,
    timeout: `${seconds + 2}s`,
    // Docker would call a worker unhealthy that is paused in the debugger.
    retries: debug === undefined ? 3 : Math.ceil(debug.pauseSeconds / period),
    start_period: `${debug?.pauseSeconds ?? startSeconds}s`,
  };
}
