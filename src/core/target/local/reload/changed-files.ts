import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isSource } from '../../../discovery/files/source-walk';

interface State {
  /** The same after a save without a change. */
  readonly content: string;
  /** Another one after each write, also of the same content. */
  readonly stamp: string;
}

export interface Changes {
  /** Other content than last time, as they were named and by their real paths. */
  readonly changed: readonly string[];
  /** Something was written, maybe the same content. */
  readonly written: boolean;
}

/** Compares files with what they held last time: what is saved as it was, or reported twice, is no change. */
export class ChangedFiles {
  readonly #states = new Map<string, State>();

  /** Takes note of the files as they are. */
  async learn(files: readonly string[]): Promise<void> {
    await this.among(files);
  }

  /** Compares with the last time, and takes note. */
  async among(paths: Iterable<string>): Promise<Changes> {
    const changed = new Set<string>();
    let written = false;
    for (const one of paths) {
      const named = await namedPath(one);
      const target = await realpath(named).catch(() => named);
      // A link may be switched to another target, and its target be saved by its own name.
      for (const file of new Set([named, target])) {
        const before = this.#states.get(file);
        const now = file === target ? await stateOf(file) : await stateOfLink(file);
        this.#states.set(file, now);
        if (now === noModules && (before === undefined || before === noModules)) continue;
        if (before?.stamp !== now.stamp && (now !== nothing || isSource(file))) written = true;
        if (before?.content !== now.content) changed.add(named).add(target);
      }
    }
    return { changed: [...changed], written };
  }
}

/** With the real path of its folder; links in the name itself stay. */
async function namedPath(file: string): Promise<string> {
  const folder = path.dirname(file);
  return path.join(await realpath(folder).catch(() => folder), path.basename(file));
}

const nothing: State = { content: 'nothing', stamp: 'nothing' };
/** A folder that Python can import nothing from: programs make many. */
const noModules: State = { content: 'no modules', stamp: 'no modules' };

async function stateOf(file: string): Promise<State> {
  try {
    const stats = await stat(file);
    if (stats.isDirectory()) return await stateOfFolder(file);
    const stamp = stampOf(stats);
    return { content: stats.isFile() ? await contentDigest(file) : 'no file', stamp };
  } catch {
    return nothing;
  }
}

/** A package that comes or goes is one event, without those of its modules. */
async function stateOfFolder(folder: string): Promise<State> {
  const modules = (await readdir(folder)).filter((name) => name.endsWith('.py'));
  if (modules.length === 0) return noModules;
  const stamps = await Promise.all(
    modules.map(async (name) => `${name} ${stampOf(await stat(path.join(folder, name)))}`),
  );
  const content = stamps.join('\n');
  return { content, stamp: content };
}

async function stateOfLink(file: string): Promise<State> {
  try {
    return { content: await readlink(file), stamp: stampOf(await lstat(file)) };
  } catch {
    return nothing;
  }
}

const stampOf = ({ ino, mtimeMs, size }: Stats): string => `${ino} ${mtimeMs} ${size}`;

export async function contentDigest(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}
