import { readFileSync } from 'node:fs';

/** What a system takes when a program is started, in bytes (on Windows in UTF-16 units). */
export interface ArgumentLimits {
  /** Of one argument, or of one variable with its name. */
  readonly one: number;
  /** Of all arguments and variables together. */
  readonly all: number;
}

/** MAX_ARG_STRLEN, without the zero at its end. */
const oneOnLinux = 131_071;
/** A quarter of the stack, within these. */
const leastOnLinux = 131_072;
const mostOnLinux = 6 * 1024 * 1024;
const usualStack = 8 * 1024 * 1024;
/** ARG_MAX. */
const allOnDarwin = 1024 * 1024;
/** Of the whole command line. */
const lineOnWindows = 32_767;

export function argumentLimits(platform: NodeJS.Platform = process.platform): ArgumentLimits {
  if (platform === 'win32') return { one: lineOnWindows, all: lineOnWindows };
  if (platform !== 'linux') return { one: allOnDarwin, all: allOnDarwin };
  const all = Math.min(mostOnLinux, Math.max(leastOnLinux, Math.floor(stackLimit() / 4)));
  return { one: oneOnLinux, all };
}

/** What is started has the limits of who starts it. */
function stackLimit(): number {
  try {
    const soft = /^Max stack size\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === 'unlimited' ? Infinity : Number(soft ?? usualStack);
  } catch {
    return usualStack;
  }
}

/** As the system counts it: each with the zero at its end, and a pointer to it. */
export const argumentSize = (texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 1 + 8, 0);
