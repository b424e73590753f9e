import type { ContainerSource, Workload } from '../containers/container-plan';

const seconds = 6;
const http = `import ssl, sys, urllib.request as r
tls = r.HTTPSHandler(context=ssl._create_unverified_context())
r.build_opener(r.ProxyHandler({}), tls).open(sys.argv[1], timeout=${seconds})`;
const tcp = `import socket, sys
socket.create_connection(("127.0.0.1", int(sys.argv[1])), ${seconds})`;
/** Images of BentoML have Python in a virtual environment that only their entry point activates. */
const inImage = 'PATH="/app/.venv/bin:$PATH" exec python -c "$@"';

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
  const [script, argument] =
    probe.kind === 'http'
      ? [http, `${probe.scheme}://127.0.0.1:${port}${probe.ready}`]
      : [tcp, String(port)];
  const python =
    kind === 'image'
      ? ['CMD', '/bin/sh', '-c', inImage, 'sh']
      : ['CMD', command[0] ?? 'python', '-c'];
  return {
    test: [...python, script, argument],
    interval: '2s',
    timeout: `${seconds + 2}s`,
    retries: 3,
    start_period: `${startSeconds}s`,
  };
}
