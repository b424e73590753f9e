import { readFile, stat } from 'node:fs/promises';
import { say, textOf, type Message } from './messages/message';

const largest = 1024 * 1024;

/** Why a file that the settings name cannot be read; `what` completes "The file …". */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';
  readonly what: Message;
  /** There is nothing; there is something, but no file of the kind that is wanted. */
  readonly kind: 'missing' | 'anotherThing' | 'unreadable';

  constructor(what: Message, kind: UnreadableFileError['kind'], options?: ErrorOptions) {
    super(textOf(what), options);
    this.what = what;
    this.kind = kind;
  }
}

/** A file of at most 1 MiB. @throws UnreadableFileError */
export async function readSmallFile(path: string): Promise<Buffer> {
  try {
    const file = await stat(path);
    // A pipe or a device may never end.
    if (!file.isFile()) throw new UnreadableFileError(say('fileIsOther'), 'anotherThing');
    if (file.size > largest) throw new UnreadableFileError(say('fileTooLarge'), 'anotherThing');
    return await readFile(path);
  } catch (error) {
    if (error instanceof UnreadableFileError) throw error;
    throw unreadable(error);
  }
}

function unreadable(cause: unknown): UnreadableFileError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new UnreadableFileError(say('fileMissing'), 'missing', { cause });
  }
  const isForbidden = code === 'EACCES' || code === 'EPERM';
  const reason = typeof code === 'string' ? code : String(cause);
  const what = isForbidden ? say('fileForbidden') : say('fileUnreadable', { reason });
  return new UnreadableFileError(what, 'unreadable', { cause });
}
