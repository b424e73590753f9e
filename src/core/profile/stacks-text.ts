import type { WorkerStacks } from './dump-stacks';
import type { StackFrame, ThreadStack } from './read-stacks';

/** Where in the text a file is named. */
export interface StackLink {
  /** The line of the text, from 0. */
  readonly row: number;
  readonly begin: number;
  readonly end: number;
  readonly file: string;
  /** The line of the file, from 1. */
  readonly line: number;
}

export interface StacksText {
  readonly text: string;
  readonly links: readonly StackLink[];
}

/** The words around the stacks, in the language of the user. */
export interface StacksWords {
  readonly title: string;
  readonly worker: (stacks: WorkerStacks) => string;
  readonly thread: (ids: readonly string[], isMain: boolean) => string;
  readonly problem: (stacks: WorkerStacks) => string | undefined;
}

/** The stacks as people read them: the main thread first, and threads with the same stack only once. */
export function stacksText(dumps: readonly WorkerStacks[], words: StacksWords): StacksText {
  const lines: string[] = [words.title];
  const links: StackLink[] = [];
  for (const dump of dumps) {
    lines.push('', words.worker(dump));
    const problem = words.problem(dump);
    if (problem !== undefined) lines.push(problem);
    for (const { ids, isMain, frames } of grouped(dump.threads)) {
      lines.push('', words.thread(ids, isMain));
      for (const frame of frames) {
        const { text, link } = frameLine(frame, lines.length);
        lines.push(text);
        if (link !== undefined) links.push(link);
      }
    }
  }
  return { text: `${lines.join('\n')}\n`, links };
}

interface ThreadGroup {
  readonly ids: string[];
  readonly isMain: boolean;
  readonly frames: readonly StackFrame[];
}

function grouped(threads: readonly ThreadStack[]): readonly ThreadGroup[] {
  const groups = new Map<string, ThreadGroup>();
  // The main thread, which was there first, is written last.
  for (const { id, isMain, frames } of threads.toReversed()) {
    const key = JSON.stringify([isMain, frames]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { ids: [id], isMain, frames });
    else known.ids.push(id);
  }
  return [...groups.values()].sort((a, b) => Number(b.isMain) - Number(a.isMain));
}

function frameLine(
  { file, line, name }: StackFrame,
  row: number,
): { readonly text: string; readonly link?: StackLink } {
  const place = line === undefined ? printable(file) : `${printable(file)}:${line}`;
  const text = `  ${printable(name)} (${place})`;
  if (line === undefined || !isAbsolute(file)) return { text };
  const begin = text.length - place.length - 1;
  return { text, link: { row, begin, end: begin + place.length, file, line } };
}

/** Names of files and functions may contain anything; each frame is one line. */
const printable = (text: string): string => text.replace(/\p{C}/gu, '�');

const isAbsolute = (file: string): boolean => file.startsWith('/');
