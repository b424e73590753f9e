import net from 'node:net';
import { Duplex, PassThrough, pipeline } from 'node:stream';
import type { Kubectl } from './kubectl';

const forwarding = /^Forwarding from 127\.0\.0\.1:(\d+) /m;

/** Opens a connection to a port of a pod, through a port of this machine that exists only as long as the connection. */
export function forwardedStream(
  kubectl: Pick<Kubectl, 'stream'>,
  pod: string,
  port: number,
): Duplex {
  const toPod = new PassThrough();
  const fromPod = new PassThrough();
  const stream = Duplex.from({ writable: toPod, readable: fromPod });
  const end = new AbortController();
  const close = (): void => void stream.destroy();
  const connect = (local: number): void => {
    const socket = net.connect(local, '127.0.0.1');
    pipeline(toPod, socket, () => undefined);
    pipeline(socket, fromPod, close);
    end.signal.addEventListener('abort', () => socket.destroy());
  };
  let output = '';
  const onOutput = (text: string, from: 'stdout' | 'stderr'): void => {
    if (from === 'stderr' || forwarding.test(output)) return;
    output = (output + text).slice(-4_000);
    const [, local] = forwarding.exec(output) ?? [];
    if (local !== undefined && !end.signal.aborted) connect(Number(local));
  };
  stream.once('close', () => end.abort());
  const args = ['port-forward', `pod/${pod}`, `:${port}`, '--address=127.0.0.1'];
  kubectl.stream(args, { signal: end.signal, onOutput }).then(close, close);
  return stream;
}
