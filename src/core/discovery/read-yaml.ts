import { parse } from 'yaml';

/** What is parsed at once: a few milliseconds. */
const wholeLimit = 8 * 1024;
const partsLimit = 64 * 1024;
/** Keys or items in each other on one line: 340 of them took the parser six seconds. */
const nested = /(?:[?:-][ \t]+){20}/;

/** Brackets in each other: the parser takes seconds for thousands, and files that people write have a few. */
const flowDepthLimit = 20;
/** Brackets, tags and anchors: each takes the parser longer than the one before. */
const markersLimit = 2_000;

/**
 * A YAML mapping of which only some top-level keys count; throws when it cannot be parsed. What is long is cut to
 * those keys first: BentoML writes schemas of hundreds of kilobytes, and parsing them would block the window.
 */
export function readYaml(content: string, keys: readonly string[]): unknown {
  const wanted = content.length <= wholeLimit ? content : topLevelSections(content, keys);
  if (wanted.length > partsLimit) throw new Error('it is too long');
  if (nested.test(wanted) || flowDepth(content) > flowDepthLimit) {
    throw new Error('it is nested too deeply');
  }
  if ((wanted.match(/[[{!&]/g)?.length ?? 0) > markersLimit) {
    throw new Error('it has too many brackets, tags or anchors');
  }
  return parse(wanted, {
    logLevel: 'error',
    // Pretty errors count lines anew for each of them: quadratic on nonsense.
    prettyErrors: false,
    // BentoML's own parser takes the last of two; looking for them is quadratic, too.
    uniqueKeys: false,
    maxAliasCount: 20,
  });
}

/** The lines of the wanted keys of a block-style mapping, each with those below it. */
function topLevelSections(content: string, keys: readonly string[]): string {
  const kept: string[] = [];
  let keep = false;
  for (const line of content.split('\n')) {
    const key = /^([A-Za-z_]\w*):(?:\s|$)/.exec(line)?.[1];
    if (key !== undefined) keep = keys.includes(key);
    if (keep) kept.push(line);
  }
  return kept.join('\n');
}

/** How deep brackets are in each other, outside of comments and quotes. */
function flowDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [mark] of text.matchAll(
    /(?<=^|[\s[{,:])(?:"(?:[^"\\]|\\.)*"|'[^']*'|#.*)|[[\]{}]/gm,
  )) {
    if (mark === '[' || mark === '{') deepest = Math.max(deepest, ++depth);
    else if (mark === ']' || mark === '}') depth = Math.max(0, depth - 1);
  }
  return deepest;
}
