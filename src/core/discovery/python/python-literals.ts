/** Names are shorter; what is longer is text or data. */
const lengthLimit = 1_000;

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['\n', ''],
]);

/** What the literal's body `text.slice(start, end)` says, when that is sure without running it. */
export function decodeLiteral(
  prefix: string,
  text: string,
  start: number,
  end: number,
): string | undefined {
  if (end - start > lengthLimit || /b/i.test(prefix)) return undefined;
  const body = text.slice(start, end).replaceAll('\r\n', '\n');
  if (/[ft]/i.test(prefix) && /[{}]/.test(body)) return undefined;
  return /r/i.test(prefix) || !body.includes('\\') ? body : unescape(body);
}

function unescape(body: string): string {
  return body.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([\s\S]))/g,
    (whole, hex: string | undefined, unicode: string | undefined, char: string | undefined) => {
      const code = hex ?? unicode;
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      return escapes.get(char ?? '') ?? whole;
    },
  );
}
