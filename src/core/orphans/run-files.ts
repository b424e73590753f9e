import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Log } from '../log';
import { runRecord, type RunRecord } from './run-record';

/** What nobody understands, or belongs to another machine, is kept as long. */
const keptMs = 30 * 24 * 3_600_000;
/** Of one file; ours have some hundred bytes. */
const largest = 16 * 1024;
/** So many are looked at in one go. */
const most = 1_000;

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
/** Windows has neither flag; a pipe with the name of a file is not to hold us. */
const noFollow = (O_NOFOLLOW as number | undefined) ?? 0;
const noWait = (O_NONBLOCK as number | undefined) ?? 0;

/** One small private file for each run, in a folder that only this user can read. */
export class RunFiles {
  readonly #folder: string;
  readonly #log: Log;

  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  /** Whole or not at all, also in the place of an earlier one. */
  async write(record: RunRecord): Promise<void> {
    await this.#makeFolder();
    const file = this.#file(record.mark);
    const draft = `${file}.new`;
    await rm(draft, { force: true });
    const handle = await open(draft, O_WRONLY | O_CREAT | O_EXCL | noFollow, 0o600);
    try {
      await handle.writeFile(JSON.stringify(record));
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  }

  async remove(mark: string): Promise<void> {
    const file = this.#file(mark);
    await Promise.all([rm(file, { force: true }), rm(`${file}.new`, { force: true })]);
  }

  /** All that can be understood; the rest is left alone, and removed when it is old. `now`: ms since the epoch. */
  async read(now: number): Promise<readonly RunRecord[]> {
    if (!(await this.#isOwn())) return [];
    const names = (await readdir(this.#folder)).slice(0, most);
    const records: RunRecord[] = [];
    for (const name of names) {
      const record = await this.#readOne(name);
      if (record === undefined) await this.removeIfOld(name, now);
      else records.push(record);
    }
    return records;
  }

  /** What nobody will ask for again. */
  async removeIfOld(name: string, now: number): Promise<void> {
    const file = path.join(this.#folder, name);
    try {
      const facts = await lstat(file);
      if (!facts.isDirectory() && now - facts.mtimeMs > keptMs) await rm(file, { force: true });
    } catch (error) {
      this.#log.debug(`${file}: ${String(error)}`);
    }
  }

  async #readOne(name: string): Promise<RunRecord | undefined> {
    const file = path.join(this.#folder, name);
    try {
      const record = runRecord.parse(JSON.parse(await readOwn(file)));
      return this.#file(record.mark) === file ? record : undefined;
    } catch (error) {
      this.#log.debug(`${file} is no run file of ours: ${String(error)}`);
      return undefined;
    }
  }

  #file(mark: string): string {
    return path.join(this.#folder, `${mark}.json`);
  }

  async #makeFolder(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    if (!(await this.#isOwn())) throw new Error(`${this.#folder} is not a folder of this user`);
    // It may have been there before us.
    await chmod(this.#folder, 0o700);
  }

  /** A real folder, of this user; none at all is none. */
  async #isOwn(): Promise<boolean> {
    try {
      const facts = await lstat(this.#folder);
      return facts.isDirectory() && isOurs(facts.uid);
    } catch {
      return false;
    }
  }
}

async function readOwn(file: string): Promise<string> {
  const handle = await open(file, O_RDONLY | noFollow | noWait);
  try {
    const facts = await handle.stat();
    if (!facts.isFile() || facts.size > largest || !isOurs(facts.uid)) {
      throw new Error('not a small file of this user');
    }
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

const isOurs = (uid: number): boolean => process.geteuid === undefined || process.geteuid() === uid;
