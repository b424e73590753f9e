import { format, resolveConfig } from 'prettier';
import path from 'node:path';
import { projectRoot } from '../cache.mts';

/** Formats a page as `npm run format` does. */
export async function formatted(file: string, text: string): Promise<string> {
  const config = await resolveConfig(path.join(projectRoot, file));
  return format(text, { ...config, parser: 'markdown' });
}

/** Replaces the part of a page between two comments, `begin` and `end`. */
export function withPart(
  page: string,
  [begin, end]: readonly [string, string],
  part: string,
): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) throw new Error(`The page needs ${begin} and ${end}.`);
  return `${page.slice(0, from + begin.length)}${part}${page.slice(to)}`;
}

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
