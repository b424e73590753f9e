import { entryFields } from '../../src/core/settings/declarations/bentos';
import { folderSettings } from '../../src/core/settings/declarations/folder-settings';
import { runnerFields } from '../../src/core/settings/declarations/runners';
import { fieldsOf, type Field } from '../../src/core/settings/setting';
import { jsonText } from './json-text.mts';
import { section } from './manifest.mts';

/** Every field that has a description, by its full name. */
export const describedFields: readonly (readonly [string, Field])[] = [
  ...fieldsOf(folderSettings, [section]),
  ...fieldsOf(entryFields, [section, 'bentos']),
  ...fieldsOf(runnerFields, [section, 'runners']),
].map(([path, field]) => [path.join('.'), field]);

const generated = /\n\n(?:Needs BentoML |Example: )[^]*$/;

/** Ends each description in the text of package.nls.json with what the declaration says of versions and examples. */
export function withExamples(text: string): string {
  const texts = { ...(JSON.parse(text) as Readonly<Record<string, string>>) };
  for (const [name, { example, since }] of describedFields) {
    const key = `${name}.description`;
    const sentences = texts[key]?.replace(generated, '');
    if (sentences === undefined) throw new Error(`package.nls.json has no ${key}.`);
    const versions = since === undefined ? [] : [`Needs BentoML ${since} or later.`];
    texts[key] = [sentences, ...versions, `Example: \`${shown(example)}\``].join('\n\n');
  }
  return `${JSON.stringify(texts, null, 2)}\n`;
}

/** A text as the settings editor takes it, without quotes; anything else as JSON. */
const shown = (example: unknown): string =>
  typeof example === 'string' ? example : jsonText(example);
