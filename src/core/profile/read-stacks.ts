/** A call that a thread has not returned from. */
export interface StackFrame {
  /** As Python has it: a path, or a name such as `<string>`. */
  readonly file: string;
  /** From 1; absent where Python does not know it. */
  readonly line?: number;
  readonly name: string;
}

export interface ThreadStack {
  /** The thread's id, in hexadecimal. */
  readonly id: string;
  readonly isMain: boolean;
  /** The innermost call first. */
  readonly frames: readonly StackFrame[];
}

/**
 * Reads the output of `faulthandler`, which follows a line `main ID NAME FILE` with the id of the main thread and the
 * function and file of its outermost call.
 */
export function readStacks(text: string): readonly ThreadStack[] {
  const main = /^main (\d+) /m.exec(text)?.[1];
  const threads: { id: string; isMain: boolean; frames: StackFrame[] }[] = [];
  for (const line of text.split('\n')) {
    const [, id] = threadLine.exec(line) ?? [];
    if (id !== undefined) {
      const isMain = main !== undefined && BigInt(main) === BigInt(`0x${id}`);
      threads.push({ id: `0x${id.replace(/^0+(?=.)/, '')}`, isMain, frames: [] });
      continue;
    }
    const frame = frameOf(line);
    if (frame !== undefined) threads.at(-1)?.frames.push(frame);
  }
  return threads;
}

/** Whether all stacks are written: the main thread's is the last one, and ends with its outermost call. */
export function isComplete(text: string): boolean {
  if (!text.endsWith('\n')) return false;
  const lines = text.trimEnd().split('\n');
  const last = lines.at(-1);
  // There are too many threads.
  if (last === '...') return true;
  const main = readStacks(text).at(-1);
  if (main?.isMain !== true) return false;
  // It has too many calls, or none.
  if (last === '  ...' || last === '  <no Python frame>') return true;
  const outermost = main.frames.at(-1);
  const [, expected = ''] = /^main \d+ (.*)$/.exec(lines[0] ?? '') ?? [];
  return outermost !== undefined && `${outermost.name} ${outermost.file}` === unescaped(expected);
}

const threadLine = /^(?:Current thread|Thread) 0x([0-9a-f]{1,16})\b.* \(most recent call first\):$/;
/** The name of a file may contain anything but a quotation mark and what follows it here. */
const frameLine = /^ {2}File "(.*)", line (\d+|\?\?\?) in (.*)$/;

function frameOf(line: string): StackFrame | undefined {
  const [, file, number, name] = frameLine.exec(line) ?? [];
  if (file === undefined || name === undefined) return undefined;
  const own = { file: unescaped(file), name: unescaped(name) };
  return number === '???' ? own : { ...own, line: Number(number) };
}

/** Characters beyond ASCII are written as Python's escapes. */
const unescaped = (text: string): string =>
  text.replace(escapes, (escape: string, digits: string) => {
    const code = Number.parseInt(digits.slice(1), 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : escape;
  });

const escapes = /\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})/g;
