import type { Duplex } from 'node:stream';
import * as z from 'zod';
import { jsonIn } from '../json';

/** The port of a worker's debug adapter on the loopback interface of its container. See `gate.py`. */
export const gatePort = 5678;

/** The report of a worker that has attached to its debug adapter, or could not. */
const report = z.object({
  pid: z.number().int(),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
});

export type WorkerReport = z.infer<typeof report>;

const longestReport = 64_000;

/** Returns the connection as one to the debug adapter. */
export function openSession(connection: Duplex, token: string): Duplex {
  connection.write(hello(token, 'session'));
  return connection;
}

/** Resolves to the report of the worker, or to nothing if the connection ends before. The connection stays open until the worker ends. */
export async function readReport(
  connection: Duplex,
  token: string,
): Promise<WorkerReport | undefined> {
  const { promise, resolve } = Promise.withResolvers<WorkerReport | undefined>();
  let text = '';
  connection.setEncoding('utf8').on('data', (piece: string) => {
    text = (text + piece).slice(0, longestReport);
    const [line, ...rest] = text.split('\n');
    if (rest.length > 0) resolve(report.safeParse(jsonIn(line ?? '')).data);
  });
  connection.once('close', () => resolve(undefined));
  // `close` follows.
  connection.on('error', () => undefined);
  connection.write(hello(token, 'worker'));
  return promise;
}

const hello = (token: string, kind: 'session' | 'worker'): string =>
  `${JSON.stringify({ token, kind })}\n`;
