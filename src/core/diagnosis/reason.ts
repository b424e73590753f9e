import { oneLine } from '../one-line';
import type { Raised } from './traceback';

/** In UTF-16 units: about what people read of one cause. */
const longestReason = 500;
const mostLines = 200;

/** Under a line of source that an exception quotes: where in it. */
const pointer = /^\s*[\^~]+\s*$/;
/** Where YAML's parser is: `  in "settings.yaml", line 2, column 3:`. */
const yamlMark = /^\s+in "(.*)", line (\d+), column (\d+):?$/;
/** What pydantic adds for its documentation and for debuggers. */
const pydanticLink = /^\s*For further information visit /;
const pydanticType = /[[(]type=.*[\])]$/;
/** BentoML's schema of its configuration quotes all the settings around a wrong one. */
const quotedSettings = /^((?:Wrong|Missing) keys? .*?) in \{.*$/;
const embeddedTraceback = /^Traceback \(most recent call last\):$/;

/**
 * The message of an exception as a part of one sentence, without a full stop: its lines are joined by what their
 * indentation means. Left out is what is of use only beside the source.
 */
export function reasonOf({ message }: Pick<Raised, 'message'>): string {
  return oneLine(joined(tellingLines(message)), longestReason).replace(/[.:;,\s]+$/, '');
}

function tellingLines(message: string): readonly string[] {
  const all = message.split('\n', mostLines).map((line) => line.slice(0, longestReason).trimEnd());
  const lines: string[] = [];
  let inTraceback = false;
  for (const [index, line] of all.entries()) {
    if (embeddedTraceback.test(line)) inTraceback = true;
    else if (inTraceback && !/^\s/.test(line)) inTraceback = false;
    const isQuoted = pointer.test(line) || pointer.test(all[index + 1] ?? '');
    const isNoise = /^\W*$/.test(line) || isQuoted || pydanticLink.test(line) || inTraceback;
    if (!isNoise) lines.push(line);
  }
  return lines.map((line) =>
    line.replace(pydanticType, '').trimEnd().replace(quotedSettings, '$1'),
  );
}

function joined(lines: readonly string[]): string {
  let text = '';
  let depth = 0;
  for (const line of lines) {
    const mark = yamlMark.exec(line);
    const indentation = /^\s*/.exec(line)?.[0].length ?? 0;
    const words = mark === null ? line.trim() : placeOf(mark);
    text =
      text === '' ? words : `${text}${separator(text, mark !== null, indentation > depth)}${words}`;
    if (mark === null) depth = indentation;
  }
  return text;
}

function separator(before: string, isMark: boolean, isDeeper: boolean): string {
  if (isMark || /[.,:;!?]$/.test(before)) return ' ';
  // What pydantic counts follows at the same depth.
  return isDeeper || /^\d+ validation errors? for \S+$/.test(before) ? ': ' : '; ';
}

/** Of a text that was read from no file, the name says nothing. */
function placeOf([, file = '', line, column]: RegExpExecArray): string {
  const where = `line ${line}, column ${column}`;
  return file.startsWith('<') ? `(${where})` : `(${file}, ${where})`;
}
