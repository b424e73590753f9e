import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SourceLocation } from '../../core/model';
import type { CommandId } from '../identifiers';

declare const escaped: unique symbol;

/** Markdown in which all text of others is escaped. Only this file makes it, so that none can be forgotten. */
export type Markdown = string & { readonly [escaped]: true };

/** Our own Markdown around what is escaped already. */
export const markdown = (own: TemplateStringsArray, ...values: readonly Markdown[]): Markdown =>
  String.raw({ raw: own }, ...values) as Markdown;

/** Text of others as Markdown that shows it and does nothing else. */
export const plain = (text: string): Markdown =>
  visible(text).replace(/[!-/:-@[-`{-~]/g, String.raw`\$&`) as Markdown;

/** A link to a line of a file, for which a text needs no trust. */
export function fileLink({ file, line }: SourceLocation): Markdown {
  const url = pathToFileURL(file).href;
  return `[${plain(`${basename(file)}:${line}`)}](<${url}#L${line}>)` as Markdown;
}

/** Runs a command of ours, where the text is trusted with that command: see `markdownString`. */
export function commandLink(label: string, command: CommandId, argument: object): Markdown {
  const query = encodeURIComponent(JSON.stringify([argument]));
  return `[${plain(label)}](<command:${command}?${query}>)` as Markdown;
}

/** A command, a path: as it is, whatever backticks are in it. */
export function code(text: string): Markdown {
  const line = visible(text).trim();
  if (line === '') return line as Markdown;
  const runs = [...line.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = '`'.repeat(Math.max(0, ...runs) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}` as Markdown;
}

/** Parts of a paragraph; empty ones are left out. */
export const inParagraph = (
  parts: readonly Markdown[],
  separator: ' · ' | ', ' = ' · ',
): Markdown => parts.filter((part) => part !== '').join(separator) as Markdown;

export const numbers = (all: readonly number[]): Markdown =>
  all.map((one) => String(one)).join(', ') as Markdown;

/** Without the empty ones. */
export const paragraphs = (all: readonly (Markdown | '')[]): readonly Markdown[] =>
  all.filter((one): one is Markdown => one !== '');

/** On one line, without controls and without what reorders it. */
const visible = (text: string): string =>
  text.replace(/\s+/g, ' ').replace(/\p{Cc}|\p{Bidi_Control}/gu, '');
