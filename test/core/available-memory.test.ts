import { expect, it } from 'vitest';
import { availableMemory } from '../../src/core/available-memory';

const meminfo =
  'MemTotal:        8000000 kB\nMemFree:          100000 kB\nMemAvailable:    4000000 kB\n';

const reading =
  (files: Readonly<Record<string, string>>) =>
  (file: string): Promise<string> => {
    const text = files[file];
    return text === undefined ? Promise.reject(new Error('ENOENT')) : Promise.resolve(text);
  };

const group = (max: string) => ({
  '/proc/meminfo': meminfo,
  '/sys/fs/cgroup/memory.max': max,
  '/sys/fs/cgroup/memory.current': '900000000\n',
  '/sys/fs/cgroup/memory.stat': 'anon 300000000\ninactive_file 500000000\n',
});

it('is what programs can get, not what is free', async () => {
  expect(await availableMemory(reading({ '/proc/meminfo': meminfo }))).toBe(4_096_000_000);
});

it('is no more than is left of the limit of a container, whose file cache can be given up', async () => {
  expect(await availableMemory(reading(group('1000000000\n')))).toBe(600_000_000);
  expect(await availableMemory(reading(group('64000000000\n')))).toBe(4_096_000_000);
});

it('is that of the system in a container without a limit', async () => {
  expect(await availableMemory(reading(group('max\n')))).toBe(4_096_000_000);
});

it('is not known where the system does not tell', async () => {
  expect(await availableMemory(reading({}))).toBeUndefined();
  expect(await availableMemory(reading({ '/proc/meminfo': 'MemFree: 1 kB\n' }))).toBeUndefined();
});

it.runIf(process.platform === 'linux')('is known on Linux', async () => {
  expect(await availableMemory()).toBeGreaterThan(0);
});
