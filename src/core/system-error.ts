import type { Problem } from './model';
import { oneLine } from './one-line';

/** A condition of the system, in words: what is wrong with something, and what can be done about it. */
export interface SystemCondition {
  /** The end of a sentence about what was used: `it does not exist`. */
  readonly reason: string;
  readonly advice: string;
  /** The setting that `advice` names. */
  readonly setting?: string;
}

const freeSpace = 'Free some space and try again';
const otherFolder = 'Choose a folder that you can write to, or change its permissions';
const checkPath = 'Check the path';
const drive = 'Check the drive and its connection, and try again';
const closeOthers = 'Stop other bentos or programs, and try again';
const raiseLimit = 'Stop other bentos, or raise the limit (ulimit -n) where VS Code is started';

const conditions: Readonly<Record<string, SystemCondition>> = {
  ENOSPC: { reason: 'there is no space left', advice: freeSpace },
  EDQUOT: { reason: 'your quota of disk space is used up', advice: freeSpace },
  EFBIG: { reason: 'the file would be larger than the system allows', advice: freeSpace },
  EROFS: { reason: 'its file system is read-only', advice: otherFolder },
  EACCES: { reason: 'this user has no permission', advice: otherFolder },
  EPERM: { reason: 'this user has no permission', advice: otherFolder },
  ENOENT: { reason: 'it does not exist', advice: 'Check what removed it, and try again' },
  ENOTDIR: { reason: 'a part of its path is not a folder', advice: checkPath },
  EISDIR: { reason: 'it is a folder', advice: checkPath },
  EEXIST: { reason: 'it already exists', advice: checkPath },
  ENOTEMPTY: { reason: 'it is not empty', advice: checkPath },
  ELOOP: { reason: 'its links form a loop', advice: checkPath },
  ENAMETOOLONG: { reason: 'its path is too long', advice: 'Use a shorter path' },
  EINVAL: { reason: 'the system rejects it', advice: checkPath },
  EMFILE: { reason: 'too many files are open', advice: raiseLimit },
  ENFILE: { reason: 'too many files are open on this machine', advice: raiseLimit },
  ENOMEM: { reason: 'the system has no memory left', advice: closeOthers },
  ENOBUFS: { reason: 'the system has no memory left', advice: closeOthers },
  EAGAIN: { reason: 'the system has no room for another process', advice: closeOthers },
  E2BIG: {
    reason: 'its arguments are too long',
    advice: 'Shorten what is set in serveBento.env',
    setting: 'serveBento.env',
  },
  EBUSY: { reason: 'another program uses it', advice: 'Close that program and try again' },
  ETXTBSY: { reason: 'another program is writing it', advice: 'Try again' },
  EIO: { reason: 'the drive reports an error', advice: drive },
  ESTALE: { reason: 'its network drive has lost it', advice: drive },
  ENODEV: { reason: 'its device is gone', advice: drive },
  ENXIO: { reason: 'its device is gone', advice: drive },
  ENOTCONN: { reason: 'its drive is not connected', advice: drive },
  ETIMEDOUT: { reason: 'its drive does not answer', advice: drive },
  EHOSTDOWN: { reason: 'its drive does not answer', advice: drive },
  EHOSTUNREACH: { reason: 'its drive does not answer', advice: drive },
  EREMOTEIO: { reason: 'its drive does not answer', advice: drive },
  EPIPE: { reason: 'the process has ended', advice: 'Serve again' },
  ECONNRESET: { reason: 'the process has ended', advice: 'Serve again' },
};

/** The codes with words of their own. */
export const systemCodes: readonly string[] = Object.keys(conditions);

/** What a code such as `ENOSPC` says; undefined for what is no code of the system. */
export function systemCondition(code: unknown): SystemCondition | undefined {
  if (typeof code !== 'string' || !/^E[A-Z0-9]{2,15}$/.test(code)) return undefined;
  return Object.hasOwn(conditions, code)
    ? conditions[code]
    : { reason: `the system refused it (${code})`, advice: 'See the log for the details' };
}

/** Why something could not be used, for the middle of a sentence; of any error. */
export function reasonOf(error: unknown): string {
  const condition = systemCondition((error as { readonly code?: unknown } | undefined)?.code);
  return condition?.reason ?? (error instanceof Error ? error.message : String(error));
}

/** An error of the system as one sentence and its next step; undefined for all others. */
export function systemMessage(
  error: Error,
): Pick<Problem, 'message' | 'summary' | 'setting'> | undefined {
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  const condition = systemCondition(code);
  if (condition === undefined) return undefined;
  const { reason, advice, setting } = condition;
  // Python has it in its message only: `[Errno 28] No space left on device: '/tmp/x'`.
  const named = typeof path === 'string' ? path : pathIn(error.message);
  const call = typeof syscall === 'string' ? ` (${syscall})` : '';
  const what =
    named === undefined
      ? `The system refused a request${call}`
      : `${oneLine(named, 150)} cannot be used`;
  const summary = `${what}: ${reason}`;
  return {
    message: `${summary}. ${advice}.`,
    summary,
    ...(setting === undefined ? {} : { setting }),
  };
}

/** What was thrown may have anything as its message. */
const pathIn = (message: unknown): string | undefined =>
  typeof message !== 'string' ? undefined : /\[Errno \d+\][^']{0,200}'([^']+)'/.exec(message)?.[1];
