import * as grpc from '@grpc/grpc-js';

/** Calls the text API of the legacy sample over gRPC by hand and gives the JSON text of the answer. */
export async function callShout(
  target: string,
  version: 'v1' | 'v1alpha1',
  text: string,
  credentials = grpc.credentials.createInsecure(),
): Promise<string> {
  const client = new grpc.Client(target, credentials);
  try {
    return await new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        `/bentoml.grpc.${version}.BentoService/Call`,
        request,
        (reply: Buffer) => reply.toString('latin1'),
        text,
        new grpc.Metadata(),
        { deadline: Date.now() + 10_000 },
        (error, reply) => {
          if (error === null) resolve(reply ?? '');
          else reject(error);
        },
      );
    });
  } finally {
    client.close();
  }
}

/** `message Request { string api_name = 1; google.protobuf.StringValue text = 8; }` of bentoml/grpc/v1/service.proto. */
function request(text: string): Buffer {
  return Buffer.concat([field(1, Buffer.from('shout')), field(8, field(1, Buffer.from(text)))]);
}

/** A length-delimited protobuf field; short values only. */
function field(number: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), value]);
}
