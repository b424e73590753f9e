import { get } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Of the moment, or of the connection. */
const varying = [
  'date',
  'keep-alive',
  'connection',
  'transfer-encoding',
  'x-bentoml-request-id',
  'etag',
  'last-modified',
];

export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
  const headers = [...response.headers].filter(([name]) => !varying.includes(name));
  return {
    status: response.status,
    headers: Object.fromEntries(headers),
    body: await response.text(),
  };
}

export const postJson = (url: string, body: object): Promise<Answer> =>
  ask(url, {
    method: 'POST',
    // Not on a connection that one worker has already.
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify(body),
  });

/** The answer to a GET with a Host header of its own, as after DNS rebinding. */
export const askAs = (
  host: string,
  url: string,
): Promise<{ readonly status: number | undefined; readonly body: string }> =>
  new Promise((resolve, reject) => {
    const options = { headers: { host }, agent: false, timeout: 10_000 };
    const request = get(url, options, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    });
    request.on('timeout', () => request.destroy(new Error(`${url} does not answer`)));
    request.on('error', reject);
  });
