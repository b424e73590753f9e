/** What one item may be; `any` stands for any number of items. */
type Sign<Item> = ((item: Item) => boolean) | typeof any;

const any = Symbol('any');
const mostAlternatives = 200;

/** Whether a path in segments is meant. */
export type Glob = (segments: readonly string[]) => boolean;

/**
 * A glob as VS Code has them: `*`, `?`, `[a-z]`, `[!a]`, `{a,b}`, and `**` for any number of folders. No regular
 * expression: one with many stars would take for ever. Nothing when it has too many alternatives.
 */
export function parseGlob(pattern: string): Glob | undefined {
  const globs = alternatives(pattern)?.map((one) => one.split('/').map(segmentSign));
  return globs && ((segments) => globs.some((signs) => matches(signs, segments)));
}

/** Only the last star is ever tried anew, which is enough, so that the time is bounded by the product of the lengths. */
function matches<Item>(signs: readonly Sign<Item>[], items: ArrayLike<Item>): boolean {
  let star = -1;
  let from = 0;
  let at = 0;
  for (let index = 0; index < items.length;) {
    const sign = signs[at];
    if (sign === any) {
      star = at++;
      from = index;
    } else if (sign?.(items[index] as Item) === true) {
      at++;
      index++;
    } else if (star !== -1) {
      at = star + 1;
      index = ++from;
    } else {
      return false;
    }
  }
  return signs.slice(at).every((sign) => sign === any);
}

function segmentSign(segment: string): Sign<string> {
  if (segment === '**') return any;
  if (!/[*?[]/.test(segment)) return (text) => text === segment;
  const signs = characterSigns(segment);
  return (text) => matches(signs, Array.from(text));
}

function characterSigns(segment: string): readonly Sign<string>[] {
  const signs: Sign<string>[] = [];
  const token = /\*+|\?|\[([!^]?)([^\]]+)\]|[^]/gu;
  for (const [text, negation, set] of segment.matchAll(token)) {
    if (text.startsWith('*')) signs.push(any);
    else if (text === '?') signs.push(() => true);
    else if (set !== undefined) signs.push(setSign(set, negation !== ''));
    else signs.push((character) => character === text);
  }
  return signs;
}

function setSign(set: string, isNegated: boolean): (character: string) => boolean {
  const ranges = [...set.matchAll(/([^])-([^])|([^])/gu)].map(([, from, to, one]) => ({
    from: from ?? one ?? '',
    to: to ?? one ?? '',
  }));
  return (character) =>
    ranges.some(({ from, to }) => from <= character && character <= to) !== isNegated;
}

/** The patterns that one with braces stands for. */
function alternatives(pattern: string): readonly string[] | undefined {
  const found: string[] = [];
  const waiting = [pattern];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const group = firstGroup(next);
    if (group === undefined) found.push(next);
    else waiting.push(...group);
    if (found.length + waiting.length > mostAlternatives) return undefined;
  }
  return found;
}

/** The pattern with each alternative in the place of its first pair of braces; a brace without its other is a character. */
function firstGroup(pattern: string): readonly string[] | undefined {
  const open = firstClosed(pattern);
  if (open === undefined) return undefined;
  const found: string[] = [];
  let depth = 0;
  let from = open + 1;
  for (let at = open; ; at++) {
    const character = pattern[at];
    if (character === '{') depth++;
    else if (character === '}') depth--;
    if (depth > 0 && !(depth === 1 && character === ',')) continue;
    found.push(pattern.slice(from, at));
    from = at + 1;
    if (depth === 0) break;
  }
  return found.map((one) => pattern.slice(0, open) + one + pattern.slice(from));
}

function firstClosed(pattern: string): number | undefined {
  const open: number[] = [];
  let first: number | undefined;
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at] === '{') open.push(at);
    const closed = pattern[at] === '}' ? open.pop() : undefined;
    if (closed !== undefined) first = Math.min(first ?? closed, closed);
  }
  return first;
}
