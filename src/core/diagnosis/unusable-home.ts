import os from 'node:os';
import { isWithin } from '../discovery/files/relative-path';
import { factsOf } from './raised-facts';
import type { Raised } from './traceback';
import { systemCondition } from '../system-error';
import { say, type Message } from '../messages/message';

const codes = new Map(Object.entries(os.constants.errno).map(([code, number]) => [number, code]));

/** What the system says of anything in the home, and of the home itself. */
const inside = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EIO', 'ESTALE', 'ENOTCONN'];
const itself = ['ENOENT', 'ENOTDIR', 'EEXIST', ...inside];

/**
 * Why BentoML cannot use its home, from an exception; undefined where it says something else.
 * @param home absolute.
 */
export function unusableHome(raised: Raised, home: string): Message | undefined {
  const { errno, file: named } = factsOf(raised);
  const code = errno === undefined ? undefined : codes.get(errno);
  if (code === undefined) return undefined;
  const isItself =
    named === undefined
      ? raised.message.includes(` ${home} `)
      : isWithin(named, home) && named !== '/';
  const isInside = named !== undefined && isWithin(home, named);
  if (!(isItself && itself.includes(code)) && !(isInside && inside.includes(code)))
    return undefined;
  const reason = systemCondition(code)?.reason ?? '';
  return named === undefined || named === home
    ? say('causeHome', { home, reason })
    : say('causeHomeFile', { home, reason, file: named });
}
