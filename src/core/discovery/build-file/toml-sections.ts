/** A table header at the start of a line, such as `[tool.bentoml.build]`. */
const header = /[ \t]*\[{1,2}([^\]\r\n]{1,200})\]/y;
/** What is neither in a string nor in a comment ends at one of these. */
const special = /"""|'''|["'#\n]/g;

/** The root table and the tables whose names begin with one of `names`, of a TOML text. Linear in time. */
export function tomlSections(text: string, names: readonly string[]): string {
  const kept: string[] = [];
  let isKept = true;
  let start = 0;
  for (const lineStart of lineStarts(text)) {
    header.lastIndex = lineStart;
    const name = header.exec(text)?.[1];
    if (name === undefined) continue;
    if (isKept) kept.push(text.slice(start, lineStart));
    start = lineStart;
    const key = name.replaceAll(/[\s"']/g, '');
    // The table `tool` may have `bentoml.build` in it.
    isKept = names.some((one) => `${key}.`.startsWith(`${one}.`) || one.startsWith(`${key}.`));
  }
  if (isKept) kept.push(text.slice(start));
  return kept.join('');
}

/** Where lines begin that are not inside of a string. */
function* lineStarts(text: string): Generator<number> {
  yield 0;
  let lineEnd = -1;
  special.lastIndex = 0;
  for (let found = special.exec(text); found !== null; found = special.exec(text)) {
    const [mark] = found;
    if (mark === '\n') {
      yield special.lastIndex;
      continue;
    }
    // Looked for once in each line: one line may be as long as the text.
    if (lineEnd < special.lastIndex) lineEnd = endOfLine(text, special.lastIndex);
    if (mark === '#') {
      special.lastIndex = lineEnd;
      continue;
    }
    let end = text.indexOf(mark, special.lastIndex);
    while (end > 0 && mark.startsWith('"') && isEscaped(text, end)) {
      end = text.indexOf(mark, end + 1);
    }
    const isLong = mark.length === 3;
    if (isLong && end < 0) return;
    // A string of one line that is not closed ends with it.
    const isClosed = end >= 0 && (isLong || end < lineEnd);
    special.lastIndex = isClosed ? end + mark.length : lineEnd;
  }
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}

/** Whether an odd number of backslashes comes before. */
function isEscaped(text: string, at: number): boolean {
  let start = at;
  while (text[start - 1] === '\\') start--;
  return (at - start) % 2 === 1;
}
