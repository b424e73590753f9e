import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

export interface Request {
  /** Below the address of the server. */
  readonly path: string;
  readonly body: object;
}

export interface Load {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const result = z.object({
  requests: z.object({ total: z.number() }),
  duration: z.number(),
  latency: z.object({ p50: z.number(), p99: z.number() }),
  non2xx: z.number(),
  errors: z.number(),
});

/** Of the sample `search`. */
export const searchRequest: Request = { path: '/search', body: { query: 'rice and tea' } };

/**
 * Sends a request again and again, for so many seconds or so many times, from a process of its own: what else ours has to
 * do must not delay it.
 */
export async function load(
  url: string,
  length: { readonly duration: number } | { readonly amount: number },
  { path, body }: Request = searchRequest,
  connections = 8,
): Promise<Load> {
  const options = {
    url: `${url}${path}`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    connections,
    ...length,
    timeout: 120,
  };
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(options));
  const { requests, duration, latency, non2xx, errors } = result.parse(
    JSON.parse(await text(child.stdout)),
  );
  if (non2xx > 0 || errors > 0) throw new Error(`${String(non2xx + errors)} requests failed`);
  const { total } = requests;
  return {
    requests: total,
    perSecond: total / duration,
    p50Ms: latency.p50,
    p99Ms: latency.p99,
  };
}

const script = `
const { text } = require('node:stream/consumers');
const autocannon = require('autocannon');
text(process.stdin).then((options) => autocannon(JSON.parse(options))).then((result) => console.log(JSON.stringify(result)));
`;
