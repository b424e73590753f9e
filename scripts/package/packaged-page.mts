import MarkdownIt from 'markdown-it';
import path from 'node:path';
import type { Repository } from './repository.mts';

/** A page of the package is shown where no other file of the repository is. */
export interface PageContext {
  /** The path of the page in the repository, with slashes. */
  readonly page: string;
  readonly repository: Repository | undefined;
}

/** Fenced code and code spans, which are left as they are. */
const code = /(^```[\s\S]*?^```|`[^`\n]+`)/m;
const picture = /!\[([^\]]*)\]\(([^)\s]+)\)/g;
/** A link, whose text may hold code; or code, which holds no link. */
const link = /(?<!!)\[((?:[^[\]`]|`[^`\n]*`|!\[[^\]]*\]\([^)]*\))*)\]\(([^)\s]+)\)|`[^`\n]+`/g;
const htmlPicture = /<picture>[\s\S]*?<\/picture>|<img\b[^>]*>/g;

/**
 * The page with links that lead somewhere and pictures that are there. With a repository they are addresses in it;
 * without one, a link to another file is its text, and pictures are left out: VS Code shows no `data:` URLs in a README.
 */
export function packagedPage(text: string, context: PageContext): string {
  const html = outsideCode(text, (part) =>
    part.replace(htmlPicture, (tags) => packagedHtml(tags, context)),
  );
  const pictures = outsideCode(html, (part) =>
    part.replace(picture, (whole, alt: string, target: string) => {
      const address = addressOf(target, 'raw', context);
      if (address === target) return whole;
      return address === undefined ? '' : `![${alt}](${address})`;
    }),
  );
  const linked = outsideFences(pictures, (part) =>
    part.replace(link, (whole: string, label?: string, target?: string) => {
      if (label === undefined || target === undefined) return whole;
      const address = addressOf(target, 'blob', context);
      if (address === target) return whole;
      return address === undefined ? label : `[${label}](${address})`;
    }),
  );
  return linked.replace(/\n{3,}/g, '\n\n');
}

/** Targets that lead nowhere from where the page is shown. */
export function deadTargets(text: string): readonly string[] {
  const rendered = new MarkdownIt({ html: true }).render(text);
  const attributes = rendered.matchAll(/\b(?:href|src|srcset)="([^"]*)"/g);
  return [...attributes].map(([, target = '']) => target).filter((target) => !isAbsolute(target));
}

const isAbsolute = (target: string): boolean => /^(?:https:|mailto:|#)/.test(target);

function packagedHtml(tags: string, context: PageContext): string {
  const replaced = tags.replace(
    /\b(src|srcset)="([^"]*)"/g,
    (_whole, name: string, target: string) =>
      `${name}="${addressOf(target, 'raw', context) ?? ''}"`,
  );
  return /\b(?:src|srcset)=""/.test(replaced) ? '' : replaced;
}

/** The target itself where it is absolute; nothing where there is no such address. */
function addressOf(
  target: string,
  kind: 'blob' | 'raw',
  { page, repository }: PageContext,
): string | undefined {
  if (isAbsolute(target)) return target;
  const [file = '', fragment] = target.split('#');
  const inRepository = path.posix.join(path.posix.dirname(page), decodeURI(file));
  if (inRepository.startsWith('../'))
    throw new Error(`${page}: ${target} is outside the repository.`);
  if (repository === undefined) return undefined;
  const { url, ref } = repository;
  const anchor = fragment === undefined ? '' : `#${fragment}`;
  return `${url}/${kind}/${encodeURI(ref)}/${encodeURI(inRepository)}${anchor}`;
}

const outsideCode = (text: string, change: (part: string) => string): string =>
  text
    .split(new RegExp(code.source, 'gm'))
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join('');

const outsideFences = (text: string, change: (part: string) => string): string =>
  text
    .split(/(^```[\s\S]*?^```)/gm)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join('');
