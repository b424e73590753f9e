/** The exception that ended a Python process, read from its last output; only for showing, never for state. */
export interface RootCause {
  /** Such as `ValueError: no model named iris`. */
  readonly exception: string;
  readonly file?: string;
  /** From 1, as Python counts. */
  readonly line?: number;
}

const tracebackStart = 'Traceback (most recent call last):';
const frame = /^ {2}File "(.+)", line (\d+)/;
const exceptionLine = /^(?:[A-Za-z_][\w.]*\.)*[A-Za-z_]\w*(?:: .*)?$/;
const colours = /\u001b\[[\d;]*m/g;

/** `ownFolder`: frames below it are the user's own and preferred to those of libraries. */
export function rootCause(output: string, ownFolder?: string): RootCause | undefined {
  const lines = output.replace(colours, '').split(/\r?\n/);
  const start = lines.lastIndexOf(tracebackStart);
  if (start === -1) return undefined;
  const frames: { file: string; line: number }[] = [];
  for (const text of lines.slice(start + 1)) {
    const found = frame.exec(text);
    if (found !== null) {
      frames.push({ file: found[1] ?? '', line: Number(found[2]) });
    } else if (!text.startsWith(' ') && exceptionLine.test(text)) {
      const own = frames.findLast(({ file }) => ownFolder !== undefined && isOwn(file, ownFolder));
      return { exception: text, ...(own ?? frames.at(-1)) };
    }
  }
  return undefined;
}

function isOwn(file: string, folder: string): boolean {
  return file.startsWith(folder) && !/[\\/](?:site-packages|dist-packages)[\\/]/.test(file);
}
