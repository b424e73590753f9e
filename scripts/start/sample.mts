import path from 'node:path';
import { projectRoot } from '../cache.mts';

/** What `npm start` opens, and a request that it answers. */
export const sample = {
  folder: path.join(projectRoot, 'samples/search'),
  path: '/search',
  request: { query: 'rice and tea', limit: 2 },
} as const;

export interface StartOptions {
  readonly vsix: string;
  /** The interpreter that serves the sample. */
  readonly python: string;
}

export async function askSample(url: string): Promise<string> {
  const response = await fetch(new URL(sample.path, url), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(sample.request),
  });
  const body = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${String(response.status)}: ${body}`);
  return body;
}
