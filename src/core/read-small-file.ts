import { readFile, stat } from 'node:fs/promises';

const largest = 1024 * 1024;

/** Why a file that the settings name cannot be read; `what` completes "The file …". */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';
  readonly what: string;
  /** There is something, but no file of the kind that is wanted. */
  readonly isAnotherThing: boolean;

  constructor(what: string, isAnotherThing: boolean, options?: ErrorOptions) {
    super(what, options);
    this.what = what;
    this.isAnotherThing = isAnotherThing;
  }
}

/** A file of at most 1 MiB. @throws UnreadableFileError */
export async function readSmallFile(path: string): Promise<Buffer> {
  try {
    const file = await stat(path);
    // A pipe or a device may never end.
    if (!file.isFile()) throw new UnreadableFileError('is not a file', true);
    if (file.size > largest) throw new UnreadableFileError('is larger than 1 MiB', true);
    return await readFile(path);
  } catch (error) {
    if (error instanceof UnreadableFileError) throw error;
    throw new UnreadableFileError(reasonOf(error), false, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'is not readable by this user';
  return `cannot be read (${typeof code === 'string' ? code : String(error)})`;
}
