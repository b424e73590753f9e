import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SourceLocation } from '../../core/model';

/** Text of others as Markdown that shows it and does nothing else. */
export const plain = (text: string): string =>
  text.replace(/\s+/g, ' ').replace(/[!-/:-@[-`{-~]/g, String.raw`\$&`);

/** A link to a line of a file, for which a text needs no trust. */
export function fileLink({ file, line }: SourceLocation): string {
  const name = plain(`${basename(file)}:${line}`);
  return `[${name}](<${pathToFileURL(file).href}#L${line}>)`;
}

/** A command, a path: as it is, whatever backticks are in it. */
export function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return '';
  const runs = [...line.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = '`'.repeat(Math.max(0, ...runs) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}
