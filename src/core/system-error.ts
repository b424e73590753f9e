import type { Problem } from './model';
import { problemTexts, say, type Argument, type Message } from './messages/message';
import { MessageError } from './messages/message-error';
import { oneLine } from './one-line';

/** A condition of the system, in words: what is wrong with something, and what can be done about it. */
export interface SystemCondition {
  /** The end of a sentence about what was used: `it does not exist`. */
  readonly reason: Message;
  readonly advice: Message;
  /** The setting that `advice` names. */
  readonly setting?: string;
}

const freeSpace = say('freeSpace');
const otherFolder = say('otherFolder');
const checkPath = say('checkPath');
const drive = say('checkDrive');
const closeOthers = say('closeOthers');
const raiseLimit = say('raiseLimit');

const conditions: Readonly<Record<string, SystemCondition>> = {
  ENOSPC: { reason: say('noSpace'), advice: freeSpace },
  EDQUOT: { reason: say('noQuota'), advice: freeSpace },
  EFBIG: { reason: say('tooLarge'), advice: freeSpace },
  EROFS: { reason: say('readOnly'), advice: otherFolder },
  EACCES: { reason: say('noPermission'), advice: otherFolder },
  EPERM: { reason: say('noPermission'), advice: otherFolder },
  ENOENT: { reason: say('doesNotExist'), advice: say('checkRemoval') },
  ENOTDIR: { reason: say('notInFolder'), advice: checkPath },
  EISDIR: { reason: say('isFolder'), advice: checkPath },
  EEXIST: { reason: say('alreadyExists'), advice: checkPath },
  ENOTEMPTY: { reason: say('notEmpty'), advice: checkPath },
  ELOOP: { reason: say('linkLoop'), advice: checkPath },
  ENAMETOOLONG: { reason: say('pathTooLong'), advice: say('shorterPath') },
  EINVAL: { reason: say('rejected'), advice: checkPath },
  EMFILE: { reason: say('openFiles'), advice: raiseLimit },
  ENFILE: { reason: say('openFilesOfAll'), advice: raiseLimit },
  ENOMEM: { reason: say('noMemory'), advice: closeOthers },
  ENOBUFS: { reason: say('noMemory'), advice: closeOthers },
  EAGAIN: { reason: say('noProcess'), advice: closeOthers },
  E2BIG: {
    reason: say('longArguments'),
    advice: say('shortenEnv'),
    setting: 'serveBento.env',
  },
  EBUSY: { reason: say('inUse'), advice: say('closeProgram') },
  ETXTBSY: { reason: say('beingWritten'), advice: say('tryAgain') },
  EIO: { reason: say('driveError'), advice: drive },
  ESTALE: { reason: say('driveLost'), advice: drive },
  ENODEV: { reason: say('deviceGone'), advice: drive },
  ENXIO: { reason: say('deviceGone'), advice: drive },
  ENOTCONN: { reason: say('driveNotConnected'), advice: drive },
  ETIMEDOUT: { reason: say('driveSilent'), advice: drive },
  EHOSTDOWN: { reason: say('driveSilent'), advice: drive },
  EHOSTUNREACH: { reason: say('driveSilent'), advice: drive },
  EREMOTEIO: { reason: say('driveSilent'), advice: drive },
  EPIPE: { reason: say('processEnded'), advice: say('serveAgain') },
  ECONNRESET: { reason: say('processEnded'), advice: say('serveAgain') },
};

/** The codes with words of their own. */
export const systemCodes: readonly string[] = Object.keys(conditions);

/** What a code such as `ENOSPC` says; undefined for what is no code of the system. */
export function systemCondition(code: unknown): SystemCondition | undefined {
  if (typeof code !== 'string' || !/^E[A-Z0-9]{2,15}$/.test(code)) return undefined;
  return Object.hasOwn(conditions, code)
    ? conditions[code]
    : { reason: say('refusedCode', { code }), advice: say('seeLogForDetails') };
}

/** Why something could not be used, for the middle of a sentence; of any error. */
export function reasonOf(error: unknown): Argument {
  if (error instanceof MessageError) return error.reason;
  const condition = systemCondition((error as { readonly code?: unknown } | undefined)?.code);
  return condition?.reason ?? (error instanceof Error ? error.message : String(error));
}

/** An error of the system as one sentence and its next step; undefined for all others. */
export function systemMessage(
  error: Error,
): Pick<Problem, 'message' | 'summary' | 'texts' | 'setting'> | undefined {
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  const condition = systemCondition(code);
  if (condition === undefined) return undefined;
  const { reason, advice, setting } = condition;
  // Python has it in its message only: `[Errno 28] No space left on device: '/tmp/x'`.
  const named = typeof path === 'string' ? path : pathIn(error.message);
  const set = setting === undefined ? {} : { setting };
  if (named !== undefined) {
    const facts = { file: oneLine(named, 150), reason };
    const summary = say('fileUnusableSummary', facts);
    return { ...problemTexts(say('fileUnusable', { ...facts, advice }), summary), ...set };
  }
  if (typeof syscall === 'string') {
    const facts = { call: syscall, reason };
    const summary = say('systemRefusedCallSummary', facts);
    return { ...problemTexts(say('systemRefusedCall', { ...facts, advice }), summary), ...set };
  }
  const summary = say('systemRefusedSummary', { reason });
  return { ...problemTexts(say('systemRefused', { reason, advice }), summary), ...set };
}

/** What was thrown may have anything as its message. */
const pathIn = (message: unknown): string | undefined =>
  typeof message !== 'string' ? undefined : /\[Errno \d+\][^']{0,200}'([^']+)'/.exec(message)?.[1];
