import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { catalogue } from '../../src/core/messages/catalogue';
import { projectRoot } from '../cache.mts';

/**
 * `l10n/bundle.l10n.json`: every text that the code passes to `l10n.t`, and the core's
 * catalogue. Translators start from it. VS Code looks up
 * the text itself in the bundle of its language.
 */
export function l10nBundle(): string {
  const texts = [...sourceFiles().flatMap(textsIn), ...Object.values(catalogue)];
  const sorted = [...new Set(texts)].sort((a, b) => (a < b ? -1 : 1));
  const bundle = Object.fromEntries(sorted.map((text) => [text, text]));
  return `${JSON.stringify(bundle, undefined, 2)}\n`;
}

function sourceFiles(): readonly string[] {
  const root = path.join(projectRoot, 'src');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(root, file));
}

function textsIn(file: string): string[] {
  const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTranslation(node.expression)) {
      texts.push(...literalsOf(node.arguments[0], tree));
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return texts;
}

/** `l10n.t`, `vscode.l10n.t`, `this.#l10n.t`. */
function isTranslation(callee: ts.Expression): boolean {
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== 't') return false;
  const { expression } = callee;
  const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  return ts.isIdentifier(name) || ts.isPrivateIdentifier(name) ? /^#?l10n$/.test(name.text) : false;
}

/** One text, or the two of a condition. @throws for a text that is not written there: it could not be translated. */
function literalsOf(text: ts.Expression | undefined, tree: ts.SourceFile): string[] {
  if (text !== undefined && ts.isStringLiteralLike(text)) return [text.text];
  if (text !== undefined && ts.isConditionalExpression(text)) {
    return [...literalsOf(text.whenTrue, tree), ...literalsOf(text.whenFalse, tree)];
  }
  const { line } = tree.getLineAndCharacterOfPosition(text?.getStart() ?? 0);
  throw new Error(`${tree.fileName}:${line + 1}: the first argument of l10n.t must be a literal.`);
}
