/** A part of one line of a text. */
export interface TextRange {
  /** Zero-based. */
  readonly line: number;
  /** Zero-based columns; `end` is the first one after it. */
  readonly start: number;
  readonly end: number;
}

/** The start of a file, for what concerns all of it. */
export const startOfFile: TextRange = { line: 0, start: 0, end: 0 };

/** The value of the `service` of a build file, without quotes, and where it is. */
export interface ServiceValue extends TextRange {
  readonly text: string;
}

/** `service: "service:svc"  # comment` at the top level. */
const yamlKey = /^(service[ \t]*:[ \t]*)(?:"([^"]*)"?|'([^']*)'?|([^\s#"'][^\s#]*)?)/;
const tomlKey = /^([ \t]*service[ \t]*=[ \t]*)(?:"([^"]*)"?|'([^']*)'?)/;
const tomlTable = /^[ \t]*\[([^\]]*)\]/;

/** Also of a file that is being written and cannot be parsed yet. */
export function serviceValue(fileName: string, lines: readonly string[]): ServiceValue | undefined {
  const isToml = fileName === 'pyproject.toml';
  let isBuild = !isToml;
  for (const [line, text] of lines.entries()) {
    if (isToml) isBuild = (tomlTable.exec(text)?.[1]?.trim() ?? (isBuild ? build : '')) === build;
    const found = isBuild ? (isToml ? tomlKey : yamlKey).exec(text) : null;
    if (found === null) continue;
    const [whole, key = '', double, single, plain = ''] = found;
    const value = double ?? single ?? plain;
    const isQuoted = double !== undefined || single !== undefined;
    const start = key.length + (isQuoted ? 1 : 0);
    return { line, start, end: Math.min(start + value.length, whole.length), text: value };
  }
  return undefined;
}

const build = 'tool.bentoml.build';

/** Where the value that a parser found is in the text, also in forms that `serviceValue` does not know. */
export function locateService(
  fileName: string,
  content: string,
  service: string,
): TextRange | undefined {
  const lines = content.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const value = serviceValue(fileName, lines);
  if (value?.text.trim() === service) {
    const { line, start, end } = value;
    return { line, start, end };
  }
  for (const [line, text] of lines.entries()) {
    const start = text.trimStart().startsWith('#') ? -1 : text.indexOf(service);
    if (start >= 0) return { line, start, end: start + service.length };
  }
  return undefined;
}
