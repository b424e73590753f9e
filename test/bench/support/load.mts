/** Requests to the sample `search` from eight connections. */
import autocannon from 'autocannon';

export interface Load {
  readonly perSecond: number;
  readonly p99Ms: number;
}

export async function load(url: string, seconds: number): Promise<Load> {
  const { requests, latency, non2xx, errors } = await autocannon({
    url: `${url}/search`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query": "rice and tea"}',
    connections: 8,
    duration: seconds,
  });
  if (non2xx > 0 || errors > 0) throw new Error(`${String(non2xx + errors)} requests failed`);
  return { perSecond: requests.average, p99Ms: latency.p99 };
}
