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

interface Endings {
  readonly needs: (version: string) => string;
  readonly example: (shown: string) => string;
}

const english: Endings = {
  needs: (version) => `Needs BentoML ${version} or later.`,
  example: (shown) => `Example: \`${shown}\``,
};
const chinese: Endings = {
  needs: (version) => `需要 BentoML ${version} 或更高版本。`,
  example: (shown) => `示例：\`${shown}\``,
};

/** The files of descriptions, and how the generated end of a description is written in their language. */
export const descriptionFiles: ReadonlyMap<string, Endings> = new Map([
  ['package.nls.json', english],
  ['package.nls.zh-cn.json', chinese],
]);

const generated = /\n\n(?:Needs BentoML |Example: |需要 BentoML |示例：)[^]*$/;

/** Ends each description in the text of such a file with what the declaration says of versions and examples. */
export function withExamples(text: string, { needs, example: ending }: Endings = english): string {
  const texts = { ...(JSON.parse(text) as Readonly<Record<string, string>>) };
  for (const [name, { example, since }] of describedFields) {
    const key = `${name}.description`;
    const sentences = texts[key]?.replace(generated, '');
    if (sentences === undefined) throw new Error(`A file of descriptions has no ${key}.`);
    const versions = since === undefined ? [] : [needs(since)];
    texts[key] = [sentences, ...versions, ending(shown(example))].join('\n\n');
  }
  return `${JSON.stringify(texts, null, 2)}\n`;
}

/** A text as the settings editor takes it, without quotes; anything else as JSON. */
const shown = (example: unknown): string =>
  typeof example === 'string' ? example : jsonText(example);
