import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { codeBlocks, read } from '../../support/pages.ts';

const run = promisify(execFile);

type Sample = 'search' | 'shout';

/** Sends the request in a sample's README with its own command, and compares the answer. */
export async function sendReadmeRequest(sample: Sample, url: string): Promise<void> {
  const page = read(`samples/${sample}/README.md`);
  const command = codeBlocks(page, 'sh').find((block) => block.startsWith('curl ')) ?? '';
  assert.ok(command.includes('http://127.0.0.1:3000/'), `samples/${sample} shows no request`);
  const here = command.replace('http://127.0.0.1:3000/', `${url}/`);
  const { stdout } = await run('sh', ['-c', here], { timeout: 30_000 });
  assert.deepEqual(JSON.parse(stdout), JSON.parse(codeBlocks(page, 'json')[0] ?? ''));
}

/** Runs the gRPC client in the README of the sample `shout`. */
export async function runReadmeClient(address: string, python: string): Promise<void> {
  const page = read('samples/shout/README.md');
  const [client = ''] = codeBlocks(page, 'python');
  assert.ok(client.includes('"127.0.0.1:3001"'), 'samples/shout shows no gRPC client');
  const here = client.replace('127.0.0.1:3001', address);
  const { stdout } = await run(python, ['-c', here], { timeout: 30_000 });
  assert.match(stdout, /TWO WORDS!/);
}
