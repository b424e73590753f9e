import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock';

import { LogFolder } from '../../../src/core/logs/log-folder';
import type { Bento } from '../../../src/core/model';
import { logChoices, type LogChoice } from '../../../src/vscode/logs/log-choices';
import { bento, component, discovered } from '../../support/bentos';
import { english } from '../../support/english';
import { quietLog } from '../../support/quiet-log';

const fraud = bento({
  id: 'fraud/service.py:svc',
  name: 'Service',
  displayName: 'Service (fraud)',
});
const spam = bento({ id: 'spam/service.py:svc', name: 'Service', displayName: 'Service (spam)' });
const day = 24 * 60 * 60 * 1000;

describe('the logs that can be opened', () => {
  let directory: string;
  let now: number;

  beforeEach(async () => {
    directory = path.join(await mkdtemp(path.join(os.tmpdir(), 'logs-')), 'logs');
    now = Date.now();
  });

  afterEach(() => rm(path.dirname(directory), { recursive: true, force: true }));

  const folder = (): LogFolder =>
    new LogFolder({ directory, clock: systemClock, log: quietLog(), onFailure: () => undefined });

  /** As another window wrote it. Gives the path of the file. */
  async function written({ id, name }: Bento, componentId: string, ageMs = 0): Promise<string> {
    const logs = folder();
    const log = logs.open(discovered({ id, name }), componentId);
    log.event('crashed');
    await logs.flushed();
    await age(log.path, ageMs);
    return log.path;
  }

  const age = (file: string, ageMs: number): Promise<void> =>
    utimes(file, new Date(now - ageMs), new Date(now - ageMs));

  const choices = async (
    target: { bento?: string; component?: string } = {},
    bentos = [fraud, spam],
  ): Promise<readonly LogChoice[]> =>
    logChoices(await folder().stored(), target, { bentos, now, locale: 'en' }, english);

  const labels = async (...args: Parameters<typeof choices>): Promise<readonly string[]> =>
    (await choices(...args)).map(({ label }) => label);

  it('are those of before, of a component, a bento, or all', async () => {
    const http = await written(fraud, 'http', day);
    await written(fraud, 'service:Embedder', 2 * day);
    await written(spam, 'http', 3 * day);
    expect(await choices({ bento: fraud.id, component: 'http' })).toEqual([
      {
        label: 'http · Service (fraud)',
        description: expect.stringMatching(/^1 ?d(ay)? ago · \d+\.\d\d B$/) as string,
        file: http,
        isOfWindow: true,
      },
    ]);
    expect(await labels({ bento: fraud.id })).toEqual([
      'http · Service (fraud)',
      'Embedder · Service (fraud)',
    ]);
    expect(await labels()).toEqual([
      'http · Service (fraud)',
      'Embedder · Service (fraud)',
      'http · Service (spam)',
    ]);
    expect(await labels({ bento: spam.id, component: 'grpc' })).toEqual([]);
  });

  it('are named as their components are where these are known', async () => {
    const runner = component({ id: 'runner:my-model', kind: 'runner', name: 'my-model' });
    await written(fraud, 'runner:my-model');
    expect(await labels({}, [{ ...fraud, components: [runner] }])).toEqual([
      'my-model · Service (fraud)',
    ]);
    expect(await labels({}, [fraud])).toEqual(['my_model · Service (fraud)']);
  });

  it('are also older parts, and last those of bentos that are not in the window', async () => {
    const file = await written(fraud, 'http', day);
    const older = file.replace(/\.log$/, '.1.log');
    await writeFile(older, 'x');
    await age(older, 2 * day);
    expect((await choices({}, [spam])).map(({ isOfWindow }) => isOfWindow)).toEqual([false, false]);
    await written(spam, 'http', 9 * day);
    const all = await choices({}, [spam]);
    expect(all.map(({ label }) => label)).toEqual([
      'http · Service (spam)',
      'http · Service',
      'http · Service',
    ]);
    expect(all[2]?.description).toMatch(/^older part 1 · /);
  });

  it('are files of ours only', async () => {
    expect(await choices()).toEqual([]);
    const file = await written(fraud, 'http');
    await writeFile(path.join(directory, 'other.log'), 'x');
    await writeFile(file.replace('http', 'grpc'), '');
    await symlink('/etc/passwd', file.replace('http', 'link'));
    await mkdir(file.replace('http', 'folder'));
    expect((await choices()).map((choice) => choice.file)).toEqual([file]);
  });
});
