import { duplexPair } from 'node:stream';
import { connect, createServer, type ConnectionOptions, type TlsOptions } from 'node:tls';

const limitMs = 10_000;
const greeting = 'welcome';

/**
 * Both ends of a connection in memory: what clients and servers with these certificates will say to each other.
 * Resolves with what was refused, such as `UNABLE_TO_GET_ISSUER_CERT_LOCALLY`, or with nothing. The host's name is not
 * asked about. @throws Error when a certificate or a key cannot be used at all.
 */
export async function handshake(
  ofServer: TlsOptions,
  ofClient: ConnectionOptions,
): Promise<string | undefined> {
  const server = createServer(ofServer);
  const [near, far] = duplexPair();
  server.on('secureConnection', (socket) => socket.write(greeting));
  server.on('tlsClientError', () => undefined);
  far.on('close', () => near.destroy());
  server.emit('connection', far);
  try {
    return await new Promise((resolve) => {
      const client = connect({ ...ofClient, socket: near, checkServerIdentity: () => undefined });
      let said = '';
      client.setTimeout(limitMs, () => client.destroy());
      client.on('data', (piece: Buffer) => {
        said += piece.toString();
        if (said === greeting) resolve(undefined);
      });
      client.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      // Of TLS 1.3 a client learns only afterwards that its certificate is refused.
      client.on('close', () => resolve('closed'));
    });
  } finally {
    near.destroy();
    far.destroy();
  }
}
