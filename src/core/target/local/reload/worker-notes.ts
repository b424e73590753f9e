import { readFile } from 'node:fs/promises';

/** What Python finds at a place, a path without extension, in its order of preference. */
export type PlaceKind = 'package' | 'module' | 'namespace' | 'none';

/** What one worker has noted of its imports; written by `imported_files.py`. */
export interface WorkerNotes {
  /** SHA-256 of each imported file's content; null where it was not taken. */
  readonly files: ReadonlyMap<string, string | null>;
  /** What was at each place where a module was looked for. */
  readonly places: ReadonlyMap<string, PlaceKind>;
}

/** Undefined for a worker that notes nothing: it was started, not forked. */
export async function readWorkerNotes(file: string | undefined): Promise<WorkerNotes | undefined> {
  try {
    return parseWorkerNotes(await readFile(file ?? '', 'utf8'));
  } catch {
    return undefined;
  }
}

export function parseWorkerNotes(text: string): WorkerNotes {
  const files = new Map<string, string | null>();
  const places = new Map<string, PlaceKind>();
  for (const line of text.split('\n')) {
    const [type, path, value] = fieldsOf(line);
    if (typeof path !== 'string') continue;
    if (type === 'file') files.set(path, typeof value === 'string' ? value : null);
    if (type === 'place' && isPlaceKind(value)) places.set(path, value);
  }
  return { files, places };
}

/** The last line may not be complete yet. */
function fieldsOf(line: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(line);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

const isPlaceKind = (value: unknown): value is PlaceKind =>
  ['package', 'module', 'namespace', 'none'].includes(value as string);
