import type { ContainerSource, Workload } from '../containers/container-plan';

/** The entry's readiness waits 5 seconds for each dependency. */
const seconds = 6;
const connect = `import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), ${seconds})`;
const tls = `
import ssl
s = ssl._create_unverified_context().wrap_socket(s)`;
/** As Kubernetes does, it takes a redirect for an answer of a healthy server. */
const get = `
s.sendall(b"GET %s HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n" % sys.argv[2].encode())
sys.exit(not 200 <= int(s.makefile("rb").readline()[9:12] or 0) < 400)`;
/** Without packages, Python starts in a fraction of the time: this is run every few seconds. */
const options = ['-I', '-S', '-c'];
/** BentoML's images have Python in a virtual environment that only their entry point activates. */
const inImage = `PATH="/app/.venv/bin:$PATH" exec python ${options.join(' ')} "$@"`;

export interface ComposeHealthCheck {
  readonly test: readonly string[];
  readonly interval: string;
  readonly timeout: string;
  readonly retries: number;
  readonly start_period: string;
}

/** BentoML's probe, run by the Python of the container: images have no curl. */
export function healthCheck(
  { probe, port, command }: Workload,
  { kind }: ContainerSource,
  startSeconds: number,
): ComposeHealthCheck {
  const [script, ...path] =
    probe.kind === 'http'
      ? [connect + (probe.scheme === 'https' ? tls : '') + get, probe.ready]
      : [connect];
  const python =
    kind === 'image'
      ? ['CMD', '/bin/sh', '-c', inImage, 'sh']
      : ['CMD', command[0] ?? 'python', ...options];
  return {
    test: [...python, script, String(port), ...path],
    interval: '2s',
    timeout: `${seconds + 2}s`,
    retries: 3,
    start_period: `${startSeconds}s`,
  };
}
