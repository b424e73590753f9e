import * as grpc from '@grpc/grpc-js';
import http2 from 'node:http2';

const limitMs = 10_000;

/** The names of the services that the server tells of (gRPC server reflection, v1alpha). */
export async function listServices(target: string): Promise<string> {
  // `message ServerReflectionRequest { string list_services = 7; }`
  const request = Buffer.from([(7 << 3) | 2, 1, '*'.charCodeAt(0)]);
  return withClient(target, (client, options) => {
    const call = client.makeBidiStreamRequest(
      '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes.toString('latin1'),
      options,
    );
    return new Promise((resolve, reject) => {
      call.on('data', resolve).on('error', reject);
      call.write(request);
      call.end();
    });
  });
}

/** What channelz says of the server (grpc.channelz.v1), as its bytes. */
export async function channelzServers(target: string): Promise<Buffer> {
  return withClient(target, (client, options) => {
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        '/grpc.channelz.v1.Channelz/GetServers',
        () => Buffer.alloc(0),
        (bytes: Buffer) => bytes,
        null,
        new grpc.Metadata(),
        options,
        (error, reply) => {
          if (error === null) resolve(reply ?? Buffer.alloc(0));
          else reject(error);
        },
      );
    });
  });
}

/** How many calls the server allows on one connection at a time, as it says in HTTP/2. */
export function allowedStreams(target: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const session = http2.connect(`http://${target}`);
    session.setTimeout(limitMs, () => session.destroy(new Error('no settings came')));
    session.on('error', reject).on('remoteSettings', ({ maxConcurrentStreams }: http2.Settings) => {
      session.destroy();
      resolve(maxConcurrentStreams);
    });
  });
}

async function withClient<T>(
  target: string,
  work: (client: grpc.Client, options: grpc.CallOptions) => Promise<T>,
): Promise<T> {
  const client = new grpc.Client(target, grpc.credentials.createInsecure());
  try {
    return await work(client, { deadline: Date.now() + limitMs });
  } finally {
    client.close();
  }
}
