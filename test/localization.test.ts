import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

type Texts = Readonly<Record<string, string>>;

const root = path.resolve(import.meta.dirname, '..');
const read = (file: string): Texts =>
  JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Texts;

const manifest = readFileSync(path.join(root, 'package.json'), 'utf8');
const bundle = read('l10n/bundle.l10n.json');
const descriptions = read('package.nls.json');
const languages = readdirSync(path.join(root, 'l10n'))
  .map((file) => /^bundle\.l10n\.(.+)\.json$/.exec(file)?.[1])
  .filter((language) => language !== undefined);

/** `{0}`, `{name}`. */
const placeholders = (text: string): readonly string[] => (text.match(/\{\w+\}/g) ?? []).sort();

/** What is the same in every language: code, settings, variables, targets of links. */
const fixedParts = (text: string): readonly string[] =>
  [...text.matchAll(/`[^`]+`|\]\([^)]+\)|\bserveBento(?:\.\w+)+|\bSIG\w+/g)]
    .map(([part]) => part)
    .sort();

const keysOf = (texts: Texts): readonly string[] => Object.keys(texts).sort();

it('a second language is there', () => {
  expect(languages).toContain('zh-cn');
});

describe.each(languages)('the texts in %s', (language) => {
  const translated = read(`l10n/bundle.l10n.${language}.json`);
  const translatedDescriptions = read(`package.nls.${language}.json`);

  it('are those of the code, all of them', () => {
    expect(keysOf(translated)).toEqual(keysOf(bundle));
  });

  it('are those of the manifest, all of them', () => {
    expect(keysOf(translatedDescriptions)).toEqual(keysOf(descriptions));
  });

  it.each(keysOf(bundle))('have the placeholders and names of: %s', (text) => {
    const own = translated[text] ?? '';
    expect(own.trim()).not.toBe('');
    expect(placeholders(own)).toEqual(placeholders(text));
    expect(fixedParts(own)).toEqual(fixedParts(text));
  });

  it.each(keysOf(descriptions))('have the code and the links of %s', (key) => {
    const own = translatedDescriptions[key] ?? '';
    expect(own.trim()).not.toBe('');
    expect(fixedParts(own)).toEqual(fixedParts(descriptions[key] ?? ''));
  });

  it('are in another language, apart from names', () => {
    const texts = [...Object.entries(translated)];
    const same = texts.filter(([text, own]) => text === own).map(([text]) => text);
    expect(same).toEqual(['GPU {0}', 'Python', 'Docker Compose', 'Kubernetes']);
  });
});

describe('the manifest', () => {
  const used = [...manifest.matchAll(/"%([\w.-]+)%"/g)].map(([, key = '']) => key);

  it('has each of its texts in package.nls.json, and nothing else is there', () => {
    const fromPages = keysOf(descriptions).filter((key) =>
      /^serveBento\..*\.description$/.test(key),
    );
    expect([...new Set([...used, ...fromPages])].sort()).toEqual(keysOf(descriptions));
  });

  it('names the folder of the bundles', () => {
    expect((JSON.parse(manifest) as { l10n?: string }).l10n).toBe('./l10n');
  });
});
