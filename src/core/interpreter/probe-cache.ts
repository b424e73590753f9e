import { realpath, stat } from 'node:fs/promises';
import type { ProbeReport } from './probe-report';

interface Entry {
  readonly report: ProbeReport;
  readonly stamps: string;
}

/**
 * Remembers what interpreters with BentoML said, for as long as neither they nor the folders of their packages
 * change. One without BentoML is asked each time: what is missing is about to be installed.
 */
export class ProbeCache {
  readonly #entries = new Map<string, Entry>();

  /** `variables` are those the answer depends on. */
  async get(path: string, variables: object): Promise<ProbeReport | undefined> {
    const key = keyOf(path, variables);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.stamps === (await stampsOf(path, entry.report))) return entry.report;
    this.#entries.delete(key);
    return undefined;
  }

  async set(path: string, variables: object, report: ProbeReport): Promise<void> {
    if (report.bentoml === null || !(await isSame(path, report.executable))) return;
    const stamps = await stampsOf(path, report);
    this.#entries.set(keyOf(path, variables), { report, stamps });
  }
}

const keyOf = (path: string, variables: object): string => JSON.stringify([path, variables]);

/** A shim stands for another interpreter in each folder, which no time of its own tells. */
async function isSame(path: string, executable: string): Promise<boolean> {
  try {
    return (await realpath(path)) === (await realpath(executable));
  } catch {
    return false;
  }
}

/** Installing, removing or upgrading a package changes the folder it is in. */
async function stampsOf(path: string, report: ProbeReport): Promise<string> {
  const files = [path, report.executable, ...report.paths];
  const stamps = await Promise.all(
    files.map(async (file) => {
      try {
        const { mtimeNs, ino } = await stat(file, { bigint: true });
        return `${mtimeNs}/${ino}`;
      } catch {
        return 'none';
      }
    }),
  );
  return stamps.join(' ');
}
