import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCounters } from '../../../src/core/health/counter-file';
import { CounterFiles } from '../../../src/core/health/counter-files';
import { ErrorCounts, isErrorCounter } from '../../../src/core/health/error-counts';
import { answered, counterFile } from '../../support/counter-file';

const legacy = 'bentoml_api_server_request_total';
const service = 'bentoml_service_request_total';
const runner = 'bentoml_runner_request_total';
const fresh = { now: 0, maxAgeMs: 0 };
/** More than Linux gives. */
const nobody = 2 ** 30;

describe('a file of counters', () => {
  it.each([8, 16] as const)('is read with values of %i bytes', (size) => {
    // Keys of all lengths, so that each padding occurs.
    const counters = Array.from({ length: 9 }, (_, index) => ({
      name: legacy,
      labels: answered(`/é${'x'.repeat(index)}`, 500),
      value: index,
    }));
    const file = counterFile(
      counters.map(({ name, labels, value }) => [name, labels, value] as const),
      size,
    );
    expect(readCounters(file)).toEqual(counters);
  });

  it.each([
    ['nothing', Buffer.alloc(0), []],
    ['zeros', Buffer.alloc(64), []],
    ['no entries', counterFile([]), []],
    ['a text', Buffer.from('not a file of counters'), undefined],
    ['a half', counterFile([[legacy, answered('/a', 500), 1]]).subarray(0, 40), undefined],
    ['other keys', counterFile([['', null as unknown as object, 1]]), undefined],
  ])('may be %s', (_, file, counters) => {
    expect(readCounters(file)).toEqual(counters);
  });
});

describe('the errors of a component', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'counts-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const write = (pid: number, ...counters: Parameters<typeof counterFile>[0]): Promise<void> =>
    writeFile(path.join(directory, `counter_${pid}.db`), counterFile(counters));
  const counted = (name?: string, others: readonly string[] = []): ErrorCounts =>
    new ErrorCounts(
      new CounterFiles(directory),
      isErrorCounter({ name, others, probePaths: ['/livez', '/readyz'] }),
    );

  it('are the answers with 5xx of all its workers, without those to probes', async () => {
    await write(
      process.pid,
      [legacy, answered('/a', 500), 2],
      [legacy, answered('/b', 503), 1],
      [legacy, answered('/readyz', 503), 9],
      [legacy, answered('/a', 404), 9],
      [legacy, answered('/a', 200), 9],
      ['my_errors_total', answered('/a', 500), 9],
      ['own_request_total', { code: '500' }, 9],
    );
    await write(nobody, ['shop_request_total', answered('/a', 504), 4]);
    await writeFile(path.join(directory, `histogram_${nobody}.db`), 'of another kind');
    expect(await counted().total(fresh)).toBe(7);
  });

  it('are its own, of the directory that all components share', async () => {
    await write(process.pid, [service, answered('/a', 500, 'Entry'), 1]);
    await write(
      nobody,
      [service, answered('/a', 500, 'Inner'), 2],
      [runner, answered('/a', 500, 'upper'), 4],
      [legacy, answered('/a', 500), 8],
    );
    expect(await counted(undefined, ['Inner', 'upper']).total(fresh)).toBe(9);
    expect(await counted('Inner').total(fresh)).toBe(2);
    expect(await counted('upper').total(fresh)).toBe(4);
  });

  it('stay when a worker has ended, whose file is not read again', async () => {
    const counts = counted();
    await write(nobody, [legacy, answered('/a', 500), 2]);
    await write(process.pid, [legacy, answered('/a', 500), 1]);
    expect(await counts.total(fresh)).toBe(3);
    await write(nobody, [legacy, answered('/a', 500), 50]);
    await write(process.pid, [legacy, answered('/a', 500), 2]);
    expect(await counts.total(fresh)).toBe(4);
  });

  it('of all components are read once a second at most', async () => {
    const files = new CounterFiles(directory);
    const [own, inner] = [undefined, 'Inner'].map(
      (name) => new ErrorCounts(files, isErrorCounter({ name, others: ['Inner'], probePaths: [] })),
    );
    await write(
      process.pid,
      [service, answered('/a', 500, 'Entry'), 1],
      [service, answered('/a', 500, 'Inner'), 2],
    );
    expect(await own?.total({ now: 0, maxAgeMs: 1_000 })).toBe(1);
    await write(process.pid, [service, answered('/a', 500, 'Inner'), 3]);
    expect(await inner?.total({ now: 999, maxAgeMs: 1_000 })).toBe(2);
    expect(await inner?.total({ now: 1_000, maxAgeMs: 1_000 })).toBe(3);
    await write(process.pid, [service, answered('/a', 500, 'Inner'), 4]);
    // Before workers are started, as what they count is new.
    expect(await inner?.total({ now: 1_001, maxAgeMs: 0 })).toBe(4);
  });

  it('are none without a directory, and left out where a file is of another kind', async () => {
    await writeFile(path.join(directory, `counter_${process.pid}.db`), 'of another kind');
    expect(await counted().total(fresh)).toBe(0);
    const nowhere = new ErrorCounts(new CounterFiles(path.join(directory, 'none')), () => true);
    expect(await nowhere.total(fresh)).toBe(0);
  });
});
