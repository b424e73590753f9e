import { AppendError } from './rotating-file';

/** Why a file cannot be written, in words. */
export function writeFailure(error: unknown): string {
  const { code, message } = (
    error instanceof AppendError ? error.cause : error
  ) as NodeJS.ErrnoException;
  return (code === undefined ? undefined : words.get(code)) ?? code ?? message;
}

const words = new Map([
  ['ENOSPC', 'disk full'],
  ['EDQUOT', 'disk quota used up'],
  ['EFBIG', 'file too large for the system'],
  ['EROFS', 'the file system is read-only'],
  ['EACCES', 'no permission'],
  ['EPERM', 'no permission'],
  ['EBUSY', 'another program holds the file'],
  ['EISDIR', 'a folder has its name'],
  ['ENOTDIR', 'a file has the name of its folder'],
  ['ELOOP', 'a link has its name'],
  ['EMFILE', 'too many open files'],
  ['ENFILE', 'too many open files'],
  ['EIO', 'the disk has an error'],
]);
