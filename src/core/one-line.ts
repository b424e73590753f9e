/**
 * Foreign text as a part of a message: on one line, without what a terminal or a label would obey, and at most
 * `longest` UTF-16 units of it; by default 300.
 */
export function oneLine(text: string, longest = 300): string {
  const line = text
    .slice(0, 4 * longest)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  // A character cut in two is none.
  return line.length > longest ? `${line.slice(0, longest).replace(/\p{Cs}$/u, '')}…` : line;
}
