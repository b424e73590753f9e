// npm run settings-table: writes the table in docs/settings.md from the manifest.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import * as z from 'zod';
import { projectRoot } from './cache.mts';

const property = z.object({
  type: z.union([z.string(), z.array(z.string())]),
  default: z.json(),
  enum: z.array(z.string()).optional(),
  markdownEnumDescriptions: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  markdownDescription: z.string(),
});

const manifest = z.object({
  contributes: z.object({
    configuration: z.array(
      z.object({ title: z.string(), properties: z.record(z.string(), property) }),
    ),
  }),
});

type Property = z.infer<typeof property>;
type Words = Readonly<Record<string, string>>;

const begin = '<!-- settings: made by "npm run settings-table" -->';
const end = '<!-- /settings -->';
export const settingsFile = path.join(projectRoot, 'docs/settings.md');

/** Replaces the table in `page` with one generated from the manifest. */
export async function pageWithSettings(page: string): Promise<string> {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) throw new Error(`${settingsFile} needs ${begin} and ${end}.`);
  const text = `${page.slice(0, from)}${begin}\n\n${settingsTable()}\n\n${page.slice(to)}`;
  return format(text, { ...(await resolveConfig(settingsFile)), parser: 'markdown' });
}

function settingsTable(): string {
  const { contributes } = manifest.parse(json('package.json'));
  const words = z.record(z.string(), z.string()).parse(json('package.nls.json'));
  const rows = contributes.configuration.flatMap(({ properties }) =>
    Object.entries(properties).map(([name, one]) =>
      [`\`${name}\``, `\`${JSON.stringify(one.default)}\``, allowed(one), described(one, words)]
        .map((cell) => cell.replaceAll('|', '\\|'))
        .join(' | '),
    ),
  );
  const head = ['| Setting | Default | Allowed | What it is |', '| --- | --- | --- | --- |'];
  return [...head, ...rows.map((row) => `| ${row} |`)].join('\n');
}

function allowed({ type, enum: choices, minimum, maximum }: Property): string {
  if (choices !== undefined) return choices.map((choice) => `\`${choice}\``).join(', ');
  const range = minimum === undefined ? '' : ` ${String(minimum)} to ${String(maximum)}`;
  return [type]
    .flat()
    .map((one) => (one === 'null' ? '`null`' : `${one}${range}`))
    .join(' or ');
}

/** In one line, with the names of other settings as code, and what each choice means. */
function described(one: Property, words: Words): string {
  const choices = one.enum?.map((choice, index) => {
    const key = one.markdownEnumDescriptions?.[index];
    return key === undefined ? '' : `\`${choice}\`: ${word(key, words)}`;
  });
  const text = word(one.markdownDescription, words);
  // The choices are example enough.
  const [first = ''] = choices === undefined ? [text] : text.split('\n\nExample:');
  return [first, ...(choices ?? [])]
    .join(' ')
    .replace(/`#([\w.]+)#`/g, '`$1`')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}

function word(key: string, words: Words): string {
  const text = words[key.replaceAll('%', '')];
  if (text === undefined) throw new Error(`package.nls.json has no ${key}.`);
  return text;
}

const json = (file: string): unknown =>
  JSON.parse(readFileSync(path.join(projectRoot, file), 'utf8'));

if (import.meta.main) {
  writeFileSync(settingsFile, await pageWithSettings(readFileSync(settingsFile, 'utf8')));
}
