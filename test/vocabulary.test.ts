import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { oldNames } from './support/old-names';
import { pages, prose, read, root } from './support/pages';

/** Everything that people write and read, by path. */
const files = new Map(
  globSync(['{src,scripts,test}/**/*.{ts,mts,mjs,py}', '*.{json,mts,mjs}'], { cwd: root })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !/^test\/(?:fixtures\/|support\/old-names)|^package-lock/.test(file))
    .concat(pages)
    .map((file) => [`/${file}`, read(file)]),
);

describe('names that were replaced', () => {
  for (const { old, instead } of oldNames) {
    it(`${old.source} is now: ${instead}`, () => {
      const found = [...files].filter(([file, text]) => old.test(file) || old.test(text));
      expect(found.map(([file]) => file)).toEqual([]);
    });
  }
});

/** The rows of the vocabulary: the word, and what is not written instead of it. */
const vocabulary = [
  ...(/^## Vocabulary\n([\s\S]*?)^## /m.exec(read('CONTRIBUTING.md'))?.[1] ?? '').matchAll(
    /^\| \*\*(.+?)\*\* +\| .+? \| (.*?) *\|$/gm,
  ),
].map(([, word = '', others = '']) => ({
  word,
  others: others.split(', ').filter((other) => other !== ''),
}));

describe('the vocabulary of CONTRIBUTING.md', () => {
  it('has about thirty words, each once', () => {
    const words = vocabulary.map(({ word }) => word);
    expect(words.length).toBeGreaterThanOrEqual(25);
    expect(words.length).toBeLessThanOrEqual(40);
    expect(new Set(words).size).toBe(words.length);
  });

  const forbidden = vocabulary.flatMap(({ word, others }) =>
    others.map((other): readonly [string, string] => [other, word]),
  );

  it('names words that are not written', () => {
    expect(forbidden.length).toBeGreaterThan(15);
  });

  it.each(forbidden)('"%s" is written "%s"', (other) => {
    const pattern = new RegExp(`\\b${other.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\b`, 'i');
    const found = pages.filter((page) => pattern.test(withoutVocabulary(prose(read(page)))));
    expect(found).toEqual([]);
  });
});

/** The table itself has to name them. */
const withoutVocabulary = (page: string): string =>
  page.replace(/^## Vocabulary\n[\s\S]*?^## /m, '## ');
