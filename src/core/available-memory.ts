import { readFile } from 'node:fs/promises';

/** Reads a file of the system; tests have others. */
type Read = (file: string) => Promise<string>;

/**
 * Bytes that programs can get without swapping (Linux): not what is free, because the system gives up its file cache. In
 * a container with a limit, no more than is left of that. Nothing where the system does not tell.
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

/** With version 2 of control groups, a container sees its own limit here. Without a limit there is no such number. */
async function ofContainer(read: Read): Promise<number | undefined> {
  const folder = '/sys/fs/cgroup';
  const [most, used, details] = await Promise.all(
    ['memory.max', 'memory.current', 'memory.stat'].map((name) => read(`${folder}/${name}`)),
  );
  const cache = /^inactive_file (\d+)$/m.exec(details ?? '')?.[1] ?? 0;
  const left = Number(most) - (Number(used) - Number(cache));
  return Number.isFinite(left) ? left : undefined;
}
