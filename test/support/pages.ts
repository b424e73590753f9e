import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');
export const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** Every Markdown page for people, relative to the project folder. */
export const pages: readonly string[] = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...globSync(['docs/*.md', 'samples/*/README.md', 'test/*/README.md'], { cwd: root }),
].map((file) => file.replaceAll('\\', '/'));

/** The code blocks in a language. */
export const codeBlocks = (page: string, language: string): readonly string[] =>
  [...page.matchAll(/^[ ]*```(\w*)\n([\s\S]*?)^[ ]*```$/gm)]
    .filter(([, found]) => found === language)
    .map(([, , code = '']) => code);

export const withoutCodeBlocks = (page: string): string =>
  page.replace(/^[ ]*```[\s\S]*?^[ ]*```$/gm, '');

/** The contents of inline code. */
export const inlineCode = (page: string): readonly string[] =>
  [...withoutCodeBlocks(page).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);

/** What is left when code is removed. */
export const prose = (page: string): string =>
  withoutCodeBlocks(page)
    .replace(/`[^`\n]+`/g, '``')
    .replace(/<!--[\s\S]*?-->/g, '');

/** Targets of links and pictures, also those written in HTML. */
export function linkTargets(page: string): readonly string[] {
  const text = prose(page);
  const markdown = [...text.matchAll(/\]\(([^)\s]+)\)/g)];
  const html = [...text.matchAll(/\b(?:href|src|srcset)="([^"]+)"/g)];
  return [...markdown, ...html].map(([, target = '']) => target);
}

/** Whether the file exists, and the heading where the target names one. */
export function resolves(target: string, from: string): boolean {
  if (/^https:/.test(target)) return URL.canParse(target);
  const [file = '', anchor] = target.split('#');
  const to = file === '' ? from : path.posix.join(path.posix.dirname(from), file);
  if (!existsSync(path.join(root, to))) return false;
  if (anchor === undefined) return true;
  return statSync(path.join(root, to)).isFile() && anchors(read(to)).includes(anchor);
}

/** The anchors of the headings, as GitHub and VS Code make them. */
const anchors = (page: string): readonly string[] =>
  headings(page).map((title) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );

export const headings = (page: string): readonly string[] =>
  [...withoutCodeBlocks(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title);
