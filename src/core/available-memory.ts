import { readFile } from 'node:fs/promises';

/** Reads a system file. Tests replace it. */
type Read = (file: string) => Promise<string>;

/**
 * Returns the number of bytes that programs can allocate without swapping (Linux). This is more than the free memory,
 * because the file cache can be reclaimed. In a container, its memory limit also applies. Undefined if it is unknown.
 */
export async function availableMemory(
  read: Read = (file) => readFile(file, 'utf8'),
): Promise<number | undefined> {
  const [system, container] = await Promise.all([
    read('/proc/meminfo').then(ofSystem, () => undefined),
    ofContainer(read).catch(() => undefined),
  ]);
  return system === undefined ? undefined : Math.min(system, container ?? system);
}

function ofSystem(text: string): number | undefined {
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** Reads the limit of a container (cgroup v2). Undefined without a limit: `memory.max` is then not a number. */
async function ofContainer(read: Read): Promise<number | undefined> {
  const folder = '/sys/fs/cgroup';
  const [most, used, details] = await Promise.all(
    ['memory.max', 'memory.current', 'memory.stat'].map((name) => read(`${folder}/${name}`)),
  );
  const cache = /^inactive_file (\d+)$/m.exec(details ?? '')?.[1] ?? 0;
  const left = Number(most) - (Number(used) - Number(cache));
  return Number.isFinite(left) ? left : undefined;
}
