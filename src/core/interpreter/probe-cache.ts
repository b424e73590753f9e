import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { KeyedFiles } from '../keyed-files';
import { reportSchema, type ProbeReport } from './probe-report';

const entry = z.object({ report: reportSchema, stamps: z.string() });

type Entry = z.output<typeof entry>;

/** The cached report of an interpreter. */
export interface KnownReport {
  readonly report: ProbeReport;
  /** Whether an earlier window stored it, and the interpreter has not been run since. */
  readonly isUnverified: boolean;
}

/**
 * Caches the reports of interpreters with BentoML, also for the next window, until they or their package folders change.
 * Interpreters without BentoML are not cached: the package is probably about to be installed.
 */
export class ProbeCache {
  readonly #entries = new Map<string, Entry>();
  readonly #files: Pick<KeyedFiles, 'read' | 'write' | 'remove'> | undefined;

  /** @param files the reports that all windows share; by default nothing is stored for the next window */
  constructor(files?: Pick<KeyedFiles, 'read' | 'write' | 'remove'>) {
    this.#files = files;
  }

  /** `variables` are those the answer depends on. */
  async get(path: string, variables: object): Promise<KnownReport | undefined> {
    const key = keyOf(path, variables);
    const own = this.#entries.get(key);
    const known = own ?? (await this.#stored(key));
    if (known === undefined) return undefined;
    if (known.stamps === (await stampsOf(path, known.report))) {
      this.#entries.set(key, known);
      return { report: known.report, isUnverified: own === undefined };
    }
    this.#entries.delete(key);
    return undefined;
  }

  async set(path: string, variables: object, report: ProbeReport): Promise<void> {
    const key = keyOf(path, variables);
    if (report.bentoml === null || !(await isSame(path, report.executable))) {
      this.delete(path, variables);
      return;
    }
    const known = { report, stamps: await stampsOf(path, report) };
    this.#entries.set(key, known);
    void this.#files?.write(key, JSON.stringify(known));
  }

  delete(path: string, variables: object): void {
    const key = keyOf(path, variables);
    this.#entries.delete(key);
    void this.#files?.remove(key);
  }

  async #stored(key: string): Promise<Entry | undefined> {
    return entry.safeParse(await this.#files?.read(key)).data;
  }
}

const keyOf = (path: string, variables: object): string =>
  createHash('sha256')
    .update(JSON.stringify([path, variables]))
    .digest('hex');

/** A shim stands for another interpreter in each folder, which no time of its own tells. */
async function isSame(path: string, executable: string): Promise<boolean> {
  try {
    return (await realpath(path)) === (await realpath(executable));
  } catch {
    return false;
  }
}

/**
 * Returns a text that changes when a package is installed, removed or upgraded (which changes its folder), and when the
 * interpreter or its virtual environment is replaced.
 */
export async function stampsOf(program: string, report: ProbeReport): Promise<string> {
  const { executable, paths } = report;
  const environment = path.join(path.dirname(executable), '..', 'pyvenv.cfg');
  const files = [program, executable, environment, ...paths];
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
