import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export interface SourceFile {
  /** Relative to `src`, with slashes. */
  readonly name: string;
  readonly tree: ts.SourceFile;
}

const root = path.resolve(import.meta.dirname, '../../src');

/** The TypeScript files of a folder of `src`, parsed. */
export function sourceFiles(folder = ''): readonly SourceFile[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => {
      const name = path.posix.join(folder, file.split(path.sep).join('/'));
      const text = readFileSync(path.join(root, name), 'utf8');
      return { name, tree: ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true) };
    });
}

/** Every node below a node. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* nodesOf(child);
}

/** Where a node is: `core/problem.ts:12`. */
export function placeOf({ name, tree }: SourceFile, node: ts.Node): string {
  return `${name}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}
