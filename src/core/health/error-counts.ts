import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { isAlive } from '../programs/is-alive';
import { readCounters, type Counter } from './counter-file';

/** Each worker has one. */
const fileName = /^counter_(\d+)\.db$/;
/** Each path that was asked for has an entry; whoever asks for very many is not counted. */
const largestFile = 4 * 1024 * 1024;

/**
 * How many requests the workers of a component answered with 5xx, from the counters that BentoML keeps for `/metrics`.
 * They are read where the workers map them into memory, so that no worker is asked.
 */
export class ErrorCounts {
  readonly #directory: string;
  readonly #isCounted: (counter: Counter) => boolean;
  /** By file. */
  readonly #known = new Map<string, { readonly errors: number; readonly isLast: boolean }>();

  /** `isCounted`: whether a counter is one of `isErrorCounter` of this component. */
  constructor(directory: string, isCounted: (counter: Counter) => boolean) {
    this.#directory = directory;
    this.#isCounted = isCounted;
  }

  /** Goes down only when the workers start anew; nothing when it cannot be known. */
  async total(): Promise<number | undefined> {
    try {
      const names = await this.#files();
      for (const known of this.#known.keys()) if (!names.includes(known)) this.#known.delete(known);
      let total = 0;
      for (const name of names) total += await this.#errorsIn(name);
      return total;
    } catch {
      return undefined;
    }
  }

  /** Before the first of them counts there may be no directory. */
  async #files(): Promise<readonly string[]> {
    try {
      return (await readdir(this.#directory)).filter((name) => fileName.test(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  async #errorsIn(name: string): Promise<number> {
    const known = this.#known.get(name);
    const isLast = !isAlive(Number(fileName.exec(name)?.[1]));
    // What a worker that has ended counted changes no more.
    if (isLast && known?.isLast === true) return known.errors;
    const counters = readCounters(await usedPart(path.join(this.#directory, name)));
    if (counters === undefined) return known?.errors ?? 0;
    const errors = counters
      .filter(this.#isCounted)
      .reduce((sum, { value }) => (Number.isFinite(value) ? sum + value : sum), 0);
    this.#known.set(name, { errors, isLast });
    return errors;
  }
}

/** What a component's counters are told by. */
export interface CountedComponent {
  /** As BentoML calls it; undefined of the server that people ask, whose counters have any other name or none. */
  readonly name: string | undefined;
  /** The names of all other components of the bento. */
  readonly others: readonly string[];
  /** A probe that says "not ready" is no error. */
  readonly probePaths: readonly string[];
}

/** Whatever its prefix: the configuration of a service may set another. */
export const isErrorCounter =
  ({ name: component, others, probePaths }: CountedComponent) =>
  ({ name, labels }: Counter): boolean => {
    const { http_response_code: status, endpoint, runner_name: runner } = labels;
    if (!name.endsWith('_request_total') || status === undefined || endpoint === undefined) {
      return false;
    }
    if (!/^5\d\d$/.test(status) || probePaths.includes(endpoint)) return false;
    return component === undefined
      ? runner === undefined || !others.includes(runner)
      : runner === component;
  };

/** They are made larger than what is used of them. */
async function usedPart(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const header = Buffer.alloc(4);
    const { bytesRead } = await handle.read(header, 0, 4, 0);
    const used = bytesRead < 4 ? 0 : header.readInt32LE(0);
    const part = Buffer.alloc(used > 0 && used <= largestFile ? used : 0);
    const { bytesRead: got } = await handle.read(part, 0, part.length, 0);
    return part.subarray(0, got);
  } finally {
    await handle.close();
  }
}
