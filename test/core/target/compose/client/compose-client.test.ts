import { expect, it, vi } from 'vitest';
import type { RunResult } from '../../../../../src/core/programs/run';
import { ComposeClient } from '../../../../../src/core/target/compose/client/compose-client';

const done: RunResult = {
  ...{ stdout: '[]', stderr: '', exitCode: 0, signal: null, failed: false },
  ...{ timedOut: false, cancelled: false, flooded: false },
};
const outdated = { ...done, failed: true, exitCode: 1, stderr: 'No such container: 8bd63dc4c0ad' };

function client(...results: readonly RunResult[]) {
  const run = vi.fn(async () => Promise.resolve(results[run.mock.calls.length - 1] ?? outdated));
  const program = {
    ...{ title: 'docker compose', file: '/docker', args: ['compose'], version: '5' },
    hasEvents: true,
  };
  const project = { name: 'search', files: [], labels: {}, variables: {} };
  return { run, client: new ComposeClient({ run, program, env: {}, cwd: '/' }, project) };
}

it('lists containers again if one was removed while Compose was listing them', async () => {
  const listing = client(outdated, done);
  expect(await listing.client.containers()).toEqual([]);
  expect(listing.run).toHaveBeenCalledTimes(2);
});

it('gives up if containers keep being removed', async () => {
  const listing = client();
  await expect(listing.client.containers()).rejects.toMatchObject({ code: 'engine-failed' });
  expect(listing.run).toHaveBeenCalledTimes(3);
});
