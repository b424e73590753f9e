import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../src/core/messages/catalogue';
import { settingKeys } from '../src/core/settings/schema';
import { nodesOf, placeOf, sourceFiles } from './support/source-files';

/** They read exceptions of Python and of Node. Nothing else in them is of use. */
const readersOfExceptions = [
  /^core\/diagnosis\//,
  /^core\/(?:problem|system-error)\.ts$/,
  /^core\/discovery\/build-file\.ts$/,
];

const readingText =
  /^(?:at|charAt|codePointAt|endsWith|includes|indexOf|lastIndexOf|match|matchAll|replace|replaceAll|search|slice|split|startsWith|substring)$/;

/** `x.message.split(…)`, `pattern.test(x.message)`. */
function readsMessage(node: ts.Node): boolean {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const { expression: object, name } = node.expression;
  if (readingText.test(name.text)) return isMessage(object);
  return ['test', 'exec'].includes(name.text) && node.arguments.some(isMessage);
}

const isMessage = (node: ts.Node): boolean =>
  (ts.isPropertyAccessExpression(node) && node.name.text === 'message') ||
  (ts.isIdentifier(node) && ['message', 'sentence'].includes(node.text));

const files = sourceFiles();

describe('a message is for people only', () => {
  it('no code reads it', () => {
    const reading = files
      .filter(({ name }) => !readersOfExceptions.some((pattern) => pattern.test(name)))
      .flatMap((file) =>
        [...nodesOf(file.tree)].filter(readsMessage).map((node) => placeOf(file, node)),
      );
    expect(reading).toEqual([]);
  });
});

const texts = new Map<string, string>(Object.entries(catalogue));

/** The object literals that are problems, by the names of what they set. */
const problems = files.flatMap((file) =>
  [...nodesOf(file.tree)].filter(ts.isObjectLiteralExpression).flatMap((node) => {
    const values = new Map(
      node.properties.flatMap((property) => {
        const { name } = property;
        return name !== undefined && ts.isIdentifier(name) ? [[name.text, property] as const] : [];
      }),
    );
    const text = node.getText();
    const isProblem = values.has('code') && /\b(?:message|advice|problemTexts)\b/.test(text);
    return isProblem ? [{ place: placeOf(file, node), values, text }] : [];
  }),
);

describe('a problem', () => {
  it('is found in the sources', () => {
    expect(problems.length).toBeGreaterThan(60);
  });

  it('says which setting is to be changed where its message names one', () => {
    const silent = problems.filter(({ values, text }) => {
      const said = [...text.matchAll(/\bsay\(\s*'(\w+)'/g)].map(([, key = '']) => texts.get(key));
      return /\bserveBento\.[a-z]/.test([text, ...said].join()) && !values.has('setting');
    });
    expect(silent.map(({ place }) => place)).toEqual([]);
  });

  it('names settings that are declared', () => {
    const known = new Set(settingKeys.map((key) => `serveBento.${key}`));
    const literals = problems.flatMap(({ place, values }) => {
      const found = [...(values.has('setting') ? nodesOf(values.get('setting') as ts.Node) : [])];
      return found
        .filter(ts.isStringLiteral)
        .filter(({ text }) => text.startsWith('serveBento') && !known.has(text))
        .map(({ text }) => `${place}: ${text}`);
    });
    expect(literals).toEqual([]);
  });
});
