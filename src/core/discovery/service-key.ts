/** The value of the `service` of a build file, and where it stands. */
export interface ServiceValue {
  /** Zero-based. */
  readonly line: number;
  /** Zero-based columns of the value, without quotes; `end` is the first one after it. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** `service: "service:svc"  # comment` at the top level. */
const yamlKey = /^(service[ \t]*:[ \t]*)(?:"([^"]*)"?|'([^']*)'?|([^\s#"'][^\s#]*)?)/;
const tomlKey = /^([ \t]*service[ \t]*=[ \t]*)(?:"([^"]*)"?|'([^']*)'?)/;
const tomlTable = /^[ \t]*\[+[ \t]*([^\]]*?)[ \t]*\]/;

/** Also of a file that is being written and cannot be parsed yet. */
export function serviceValue(fileName: string, lines: readonly string[]): ServiceValue | undefined {
  const isToml = fileName === 'pyproject.toml';
  let isBuild = !isToml;
  for (const [line, text] of lines.entries()) {
    if (isToml) isBuild = (tomlTable.exec(text)?.[1] ?? (isBuild ? build : '')) === build;
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
